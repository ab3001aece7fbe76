package tagging_test

import (
	"fmt"
	"strings"
	"testing"

	"trueward/internal/adapter/store"
	"trueward/internal/app/tagging"
	"trueward/internal/testkit/ward"
)

func (b *bench) tagCount() int {
	b.t.Helper()
	list, err := b.q().TagList(store.TagFilter{}, store.Page{Limit: 200})
	if err != nil {
		b.t.Fatal(err)
	}
	return len(list.Rows)
}

// TestFileIsTakenWhole: a good file binds and waits, and comes once.
func TestFileIsTakenWhole(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		p := b.profile(tagging.Private)
		unit := b.Unit(b.Stents(1)[0])
		text := "\uFEFFtechnology;uid;profile;di;lot;serial;expiry\r\n" +
			fmt.Sprintf("ntag424;04:AA:BB:CC:DD:EE:01;%s;%s;%s;%s;%s\r\n", p, unit.DI, unit.Lot, unit.Serial, unit.Expiry) +
			fmt.Sprintf("nfc;04AABBCCDDEE02;;%s;LT7;NEW1;2029-01-31\r\n", ward.StentDI) +
			"nfc;04AABBCC;;;;;\r\n"
		r, err := b.desk.CheckFile(t.Context(), b.office, text)
		if err != nil || r.Rows != 3 || r.Bound != 1 || r.Wait != 2 || len(r.Faults) != 0 {
			t.Fatalf("%+v, %v", r, err)
		}
		if b.tagCount() != 0 {
			t.Fatal("checking took tags in")
		}
		cmd := b.Cmd(b.office)
		for range 2 { // the same command twice
			if r, err = b.desk.TakeFile(t.Context(), cmd, text); err != nil || r.Bound != 1 {
				t.Fatalf("%+v, %v", r, err)
			}
		}
		if n := b.tagCount(); n != 3 {
			t.Errorf("%d tags", n)
		}
		if tags := b.tagsOf(string(unit.ID)); len(tags) != 1 || strings.Contains(tags[0].Identity, "04AABB") {
			t.Errorf("%+v", tags)
		}
		if r, err := b.desk.TakeFile(t.Context(), b.Cmd(b.office), text); err == nil || len(r.Faults) != 0 && r.Faults[0].Line != 2 {
			t.Errorf("the same file came in twice: %+v", r)
		}
	})
}

// TestFilesWithFaults: every fault is named with its line, and nothing is half
// written.
func TestFilesWithFaults(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		good := "nfc,04AABBCCDDEE02,,,,,\n"
		head := "technology,uid,profile,di,lot,serial,expiry\n"
		for name, c := range map[string]struct {
			text   string
			line   int
			column string
		}{
			"empty":             {"", 1, ""},
			"unknown column":    {"technology,uid,price\n" + good, 1, "price"},
			"no technology":     {"uid\n04AABBCCDDEE02\n", 1, "technology"},
			"no rows":           {head, 2, ""},
			"unknown kind":      {head + good + "ntag213,04AABBCCDDEE03,,,,,\n", 3, "technology"},
			"short number":      {head + good + "ntag424,04AABB,,,,,\n", 3, "uid"},
			"not hexadecimal":   {head + good + "nfc,04AABBCCDDEEZZ,,,,,\n", 3, "uid"},
			"twice":             {head + good + good, 3, ""},
			"foreign profile":   {head + good + "ntag424,04AABBCCDDEE03,nonesuch,,,,\n", 3, "profile"},
			"profile of a bare": {head + good + "nfc,04AABBCCDDEE03,x,,,,\n", 3, "profile"},
			"unknown product":   {head + good + "nfc,04AABBCCDDEE03,,09506000134369,L,S,2029-01-31\n", 3, "di"},
			"no lot":            {head + good + "nfc,04AABBCCDDEE03,," + ward.StentDI + ",,S,2029-01-31\n", 3, "lot"},
			"bad date":          {head + good + "nfc,04AABBCCDDEE03,," + ward.StentDI + ",L,S,31.01.2029\n", 3, "expiry"},
			"bad serial":        {head + good + "nfc,04AABBCCDDEE03,," + ward.StentDI + ",L,S S,2029-01-31\n", 3, "serial"},
			"quotation mark":    {head + good + "nfc,\"04\"AABB,,,,,\n", 3, ""},
			"no EPC":            {"technology,epc\nuhf,30\n", 2, "epc"},
		} {
			r, err := b.desk.CheckFile(t.Context(), b.office, c.text)
			if err != nil || len(r.Faults) != 1 || r.Faults[0].Line != c.line || r.Faults[0].Column != c.column || r.Faults[0].Sentence == "" {
				t.Errorf("%s: %+v, %v", name, r.Faults, err)
			}
			if _, err := b.desk.TakeFile(t.Context(), b.Cmd(b.office), c.text); err == nil {
				t.Errorf("%s: taken in", name)
			}
		}
		many := head
		for i := range tagging.MostRows + 1 {
			many += fmt.Sprintf("nfc,04%012X,,,,,\n", i)
		}
		if r, err := b.desk.CheckFile(t.Context(), b.office, many); err != nil || len(r.Faults) != 1 {
			t.Errorf("too many rows: %d faults, %v", len(r.Faults), err)
		}
		if n := b.tagCount(); n != 0 {
			t.Errorf("%d tags of files with faults", n)
		}
		if _, err := b.desk.CheckFile(t.Context(), b.Mia, head+good); err == nil {
			t.Error("a hospital's materials took a file of tags in")
		}
	})
}
