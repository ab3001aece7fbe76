package reader

import (
	"bytes"
	"context"

	"trueward/internal/domain/device"
	"trueward/internal/standard/m100"
)

const (
	tidWords = 6  // class, maker, model and serial number of a serialised TID
	maxMask  = 31 // bytes that a selection compares
)

// tid reads the chip's own number from the tag of this EPC.
func (r *R200) tid(ctx context.Context, s device.Sighting) ([]byte, error) {
	if err := r.choose(ctx, m100.BankEPC, m100.WordEPC, s.EPC.Bytes()); err != nil {
		return nil, err
	}
	return r.memory(ctx, m100.BankTID, m100.WordTID, tidWords)
}

func (r *R200) choose(ctx context.Context, bank m100.Bank, word uint16, mask []byte) error {
	f, err := m100.Select(bank, word, mask[:min(len(mask), maxMask)])
	if err != nil {
		return trouble(device.TroubleRefused, "select", err)
	}
	return r.link.set(ctx, "select", f)
}

// memory reads words of the chosen tag, once more if the first try fails: a tag
// at the edge of the field is often missed.
func (r *R200) memory(ctx context.Context, bank m100.Bank, word, words uint16) ([]byte, error) {
	f := m100.ReadMemory(0, bank, word, words)
	reply, err := r.link.command(ctx, "read memory", f)
	if err != nil && !device.TroubleOf(err).OfPort() && ctx.Err() == nil {
		reply, err = r.link.command(ctx, "read memory", f)
	}
	if err != nil {
		return nil, err
	}
	_, data, err := m100.ParseMemory(reply)
	if err != nil || len(data) != 2*int(words) {
		return nil, trouble(device.TroubleRefused, "read memory", err)
	}
	return data, nil
}

// WriteEPC gives a tag another EPC, of whole words, and reads it back. The tag
// is told from others by its TID, so that a write that was torn can be done
// again whatever EPC it left; the TID is returned also then, if it was read. A
// tag without a readable TID is refused. The password is 0 if the tag has none.
func (r *R200) WriteEPC(ctx context.Context, s device.Sighting, epc device.EPC, password uint32) (device.EPC, error) {
	content, err := epcBank(epc)
	if err != nil {
		return "", err
	}
	tid, err := r.tid(ctx, s)
	if err != nil {
		return "", err
	}
	if err := r.choose(ctx, m100.BankTID, m100.WordTID, tid); err != nil {
		return device.NewEPC(tid), err
	}
	write, err := m100.WriteMemory(password, m100.BankEPC, m100.WordPC, content)
	if err != nil {
		return device.NewEPC(tid), trouble(device.TroubleRefused, "write", err)
	}
	return device.NewEPC(tid), r.writeAndProve(ctx, write, content)
}

// writeAndProve writes up to twice, which writes the same, and believes only
// what it reads back.
func (r *R200) writeAndProve(ctx context.Context, write m100.Frame, content []byte) error {
	var failed error
	for range 2 {
		reply, err := r.link.command(ctx, "write", write)
		if err == nil {
			_, err = m100.ParseWritten(reply, m100.CmdWrite)
		}
		if device.TroubleOf(err).OfPort() || ctx.Err() != nil {
			return err
		}
		got, unread := r.memory(ctx, m100.BankEPC, m100.WordPC, uint16(len(content)/2))
		switch {
		case unread == nil && bytes.Equal(got, content):
			return nil
		case err != nil:
			failed = err
		case unread != nil:
			failed = unread
		default:
			failed = trouble(device.TroubleRefused, "verify", nil)
		}
	}
	if device.TroubleOf(failed) == "" {
		failed = trouble(device.TroubleRefused, "write", failed)
	}
	return failed
}

// epcBank is what stands in the EPC bank from the control word on.
func epcBank(epc device.EPC) ([]byte, error) {
	b := epc.Bytes()
	pc, err := m100.PC(len(b))
	if err != nil {
		return nil, trouble(device.TroubleRefused, "write", err)
	}
	return append([]byte{byte(pc >> 8), byte(pc)}, b...), nil
}

// LockEPC lets only those write a tag's EPC who know its password. The tag must
// have one.
func (r *R200) LockEPC(ctx context.Context, s device.Sighting, password uint32) error {
	if err := r.choose(ctx, m100.BankEPC, m100.WordEPC, s.EPC.Bytes()); err != nil {
		return err
	}
	reply, err := r.link.command(ctx, "lock", m100.LockEPC(password))
	if err != nil {
		return err
	}
	if _, err := m100.ParseWritten(reply, m100.CmdLock); err != nil {
		return trouble(device.TroubleRefused, "lock", err)
	}
	return nil
}
