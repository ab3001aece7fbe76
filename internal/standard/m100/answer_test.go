package m100

import (
	"bytes"
	"encoding/hex"
	"errors"
	"testing"
)

func reply(command byte, param string) Frame {
	b, err := hex.DecodeString(param)
	if err != nil {
		panic(err)
	}
	return Frame{Dialect: DialectBB, Type: TypeReply, Command: command, Param: b}
}

func notice(param string) Frame {
	f := reply(CmdPoll, param)
	f.Type = TypeNotice
	return f
}

func TestTags(t *testing.T) {
	tag, err := ParseTag(notice("C9340030751FEB705C5904E3D50D703A76"))
	must(t, err)
	if tag.RSSI != -55 || len(tag.EPC) != 12 || !tag.Sound() {
		t.Errorf("%+v", tag)
	}
	garbled := tag
	garbled.EPC = bytes.Clone(tag.EPC)
	garbled.EPC[3] ^= 1
	if garbled.Sound() {
		t.Error("a garbled EPC is not sound")
	}
	surplus, err := ParseTag(notice("C9340030751FEB705C5904E3D50D70003A76"))
	if err != nil || surplus.Surplus != 1 || surplus.Sound() {
		t.Errorf("%+v, %v", surplus, err)
	}
	for name, f := range map[string]Frame{
		"a reply":     reply(CmdPoll, "C9340030751FEB705C5904E3D50D703A76"),
		"cut":         notice("C934"),
		"epc cut":     notice("C9340030751FEB705C5904E3D53A76"),
		"other":       {Type: TypeNotice, Command: CmdRead},
		"length only": notice("C9F8000000"),
	} {
		if _, err := ParseTag(f); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if empty, err := ParseTag(notice("C90000E2F0")); err != nil || len(empty.EPC) != 0 {
		t.Errorf("an empty EPC: %+v, %v", empty, err)
	}
}

func TestProtocolControl(t *testing.T) {
	for n, want := range map[int]uint16{2: 0x0800, 12: 0x3000, 26: 0x6800, 62: 0xF800} {
		if pc, err := PC(n); err != nil || pc != want || pcLength(pc) != n {
			t.Errorf("%d: %04X, %v", n, pc, err)
		}
	}
	for _, n := range []int{-2, 0, 1, 13, 64} {
		if _, err := PC(n); err == nil {
			t.Errorf("%d accepted", n)
		}
	}
}

func TestMemory(t *testing.T) {
	const epc = "30751FEB705C5904E3D50D70"
	got, data, err := ParseMemory(reply(CmdRead, "0E3000"+epc+"E280110520007A0B"))
	if err != nil || hex.EncodeToString(data) != "e280110520007a0b" || len(got) != 12 {
		t.Errorf("%X %X %v", got, data, err)
	}
	if _, err := ParseWritten(reply(CmdWrite, "0E3000"+epc+"00"), CmdWrite); err != nil {
		t.Error(err)
	}
	for name, param := range map[string]string{
		"empty": "", "no PC": "0130", "cut": "0E3000" + epc[:8], "no data": "0E3000" + epc, "odd": "0E3000" + epc + "01",
	} {
		if _, _, err := ParseMemory(reply(CmdRead, param)); err == nil {
			t.Errorf("read, %s: accepted", name)
		}
	}
	for name, param := range map[string]string{"no result": "0E3000" + epc, "not done": "0E3000" + epc + "01"} {
		if _, err := ParseWritten(reply(CmdWrite, param), CmdWrite); err == nil {
			t.Errorf("write, %s: accepted", name)
		}
	}
	if _, err := ParseWritten(reply(CmdRead, "0E3000"+epc+"00"), CmdWrite); err == nil {
		t.Error("the answer to another command")
	}
}

func TestFailures(t *testing.T) {
	var e *Error
	if !errors.As(Failed(reply(CmdFailure, "10")), &e) || e.Cause != FailWrite || e.Code != CodeRefused {
		t.Errorf("%+v", e)
	}
	if e.Error() != "m100: command was refused by the module (failure 10h)" {
		t.Error(e)
	}
	if !errors.As(Failed(reply(CmdFailure, "")), &e) || e.Code != CodeTruncated {
		t.Errorf("%+v", e)
	}
	if err := Failed(reply(CmdPower, "0A28")); err != nil {
		t.Error(err)
	}
}

func TestSettings(t *testing.T) {
	if p, err := ParsePower(reply(CmdPower, "0A28")); err != nil || p != 2600 {
		t.Errorf("%d, %v", p, err)
	}
	if _, err := ParsePower(reply(CmdPower, "0A")); err == nil {
		t.Error("short power")
	}
	if err := Done(reply(CmdStop, "00"), CmdStop); err != nil {
		t.Error(err)
	}
	for _, f := range []Frame{reply(CmdStop, "01"), reply(CmdStop, ""), reply(CmdRegion, "00")} {
		if Done(f, CmdStop) == nil {
			t.Errorf("%+v accepted", f)
		}
	}
	for _, f := range []Frame{reply(CmdInfo, "00"), reply(CmdInfo, "004D07"), reply(CmdPower, "004D31")} {
		if _, err := ParseInfo(f); err == nil {
			t.Errorf("%+v accepted", f)
		}
	}
}

// TestAccessCommands pins the layouts that no published capture shows.
func TestAccessCommands(t *testing.T) {
	sel, err := Select(BankEPC, WordEPC, []byte{0x30, 0x75})
	must(t, err)
	write, err := WriteMemory(0x11223344, BankEPC, WordPC, []byte{0x08, 0x00, 0xBE, 0xEF})
	must(t, err)
	for want, f := range map[string]Frame{
		"BB000C0009010000002010003075EB7E":               sel,
		"BB001200010215" + "7E":                          SetSelectMode(SelectAccess),
		"BB0028000028" + "7E":                            Stop(),
		"BB0049000D11223344" + "010001000208" + "00BEEF": write,
		"BB00820007" + "11223344" + "00C020":             LockEPC(0x11223344),
	} {
		b, err := f.Append(nil)
		must(t, err)
		head, _ := hex.DecodeString(want)
		if !bytes.HasPrefix(b, head) {
			t.Errorf("%X, want %s", b, want)
		}
	}
	for _, mask := range [][]byte{nil, make([]byte, 32)} {
		if _, err := Select(BankEPC, WordEPC, mask); err == nil {
			t.Errorf("mask of %d bytes", len(mask))
		}
	}
	for _, data := range [][]byte{nil, {1}, make([]byte, 66)} {
		if _, err := WriteMemory(0, BankUser, 0, data); err == nil {
			t.Errorf("%d bytes", len(data))
		}
	}
}
