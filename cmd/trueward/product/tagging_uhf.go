package product

import (
	"context"

	"trueward/internal/adapter/reader"
	"trueward/internal/app/tagging"
	"trueward/internal/domain/device"
	"trueward/internal/edge"
)

// NextUHF implements tagging.UHFStation. What still lies there from the last
// visit is nobody's turn again until another tag comes, or it was away.
func (s *station) NextUHF(ctx context.Context, do func(context.Context, tagging.UHFField) error) error {
	for begun := false; ; {
		err := s.desk.Next(ctx, func(seen device.Sighting) bool { return seen.EPC != "" }, func(ctx context.Context, r edge.Reader, _ device.Sighting) error {
			writer, ok := r.(*reader.R200)
			if !ok {
				return &device.Error{Trouble: device.TroubleRefused, Step: "write"}
			}
			f := uhfField{writer, map[string]string{}}
			lie, err := f.lie(ctx)
			if err != nil || !s.news(lie) {
				return err
			}
			begun = true
			if err := do(ctx, f); err != nil {
				return err
			}
			for before, now := range f.wrote {
				delete(lie, before) // the next of a roll may bear it as well
				lie[now] = true
			}
			s.lie = lie // and not what lies there by now: that may be news
			return nil
		})
		if err != nil || begun {
			return err
		}
	}
}

// news reports whether a tag is there that was not; what is away is forgotten.
func (s *station) news(lie map[string]bool) bool {
	for epc := range lie {
		if !s.lie[epc] {
			return true
		}
	}
	s.lie = lie
	return false
}

// uhfField is a desk reader with UHF tags before it.
type uhfField struct {
	writer *reader.R200
	wrote  map[string]string // EPCs that tags were given, by those they bore
}

// rounds of inventory that are put together: one round often misses a tag.
const rounds = 3

func (f uhfField) lie(ctx context.Context) (map[string]bool, error) {
	lie := map[string]bool{}
	for range rounds {
		seen, err := f.writer.Look(ctx)
		if err != nil {
			return nil, err
		}
		for _, s := range seen {
			lie[string(s.EPC)] = true
		}
	}
	return lie, nil
}

// Seen implements tagging.UHFField.
func (f uhfField) Seen(ctx context.Context) ([]string, error) {
	lie, err := f.lie(ctx)
	var epcs []string
	for epc := range lie {
		epcs = append(epcs, epc)
	}
	return epcs, err
}

// TID implements tagging.UHFField.
func (f uhfField) TID(ctx context.Context, epc string) ([]byte, error) {
	r, err := f.writer.Read(ctx, device.Sighting{EPC: device.EPC(epc)})
	if err == nil && r.TID == "" {
		err = &device.Error{Trouble: device.TroubleTagGone, Step: "read TID"}
	}
	return r.TID.Bytes(), err
}

// Write implements tagging.UHFField.
func (f uhfField) Write(ctx context.Context, epc string, to []byte) error {
	given := device.NewEPC(to)
	_, err := f.writer.WriteEPC(ctx, device.Sighting{EPC: device.EPC(epc)}, given, 0)
	if err == nil {
		f.wrote[epc] = string(given)
	}
	return err
}
