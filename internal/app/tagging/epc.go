package tagging

import (
	"context"
	"encoding/hex"
	"strings"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/audit"
	"trueward/internal/domain/authentic"
	"trueward/internal/domain/custody"
	"trueward/internal/fault"
	"trueward/internal/standard/epc"
)

// Memory is what a UHF tag's EPC bank is to hold behind its checksum.
type Memory struct {
	PC     uint16 // protocol control word: length of the EPC
	EPC    []byte // whole words
	Hex    string // the EPC as a scan of the tag names it
	TagURI string
}

// EPCOf is the memory image of a unit's tag: SGTIN-96 where the serial number
// is a number that it can hold, SGTIN-198 otherwise. prefixLength is that of the
// GS1 company prefix in digits, 6 to 12; filter is 0 to 7, 1 for a single
// consumer item.
func EPCOf(l authentic.Label, prefixLength, filter int) (Memory, error) {
	if prefixLength < 6 || prefixLength > 12 {
		return Memory{}, fault.At("prefix", "A GS1 company prefix has 6 to 12 digits.")
	}
	if filter < 0 || filter > 7 {
		return Memory{}, fault.At("filter", "A filter value is 0 to 7.")
	}
	tag, err := epc.EncodeSGTIN96(l.DI, l.Serial, prefixLength, filter)
	if err != nil {
		tag, err = epc.FromElements([]epc.Element{{AI: "01", Value: l.DI}, {AI: "21", Value: l.Serial}},
			epc.Options{Scheme: epc.SGTIN198, PrefixLength: prefixLength, Filter: filter})
	}
	if err != nil {
		f := fault.At("unit", "No EPC can be made for this unit: it needs a GTIN and a serial number.")
		f.Cause = err
		return Memory{}, f
	}
	raw, err := hex.DecodeString(tag.Hex())
	if err != nil {
		return Memory{}, err
	}
	if len(raw)%2 != 0 {
		raw = append(raw, 0) // a bank holds whole words; bits behind the EPC are zero
	}
	return Memory{PC: uint16(len(raw)/2) << 11, EPC: raw, Hex: strings.ToUpper(tag.Hex()), TagURI: tag.TagURI()}, nil
}

// UHFStation is a reader that can write UHF tags.
type UHFStation interface {
	Station
	// WriteEPC waits for the next UHF tag, gives it the EPC and reads it back.
	WriteEPC(ctx context.Context, epc []byte) error
}

// WriteEPC writes the next UHF tag at a station for a unit and binds it. A tag
// that was written and not bound, because the answer was lost, is written and
// bound when the command comes again: the EPC is the unit's own.
func (d *Desk) WriteEPC(ctx context.Context, cmd store.Command, unit custody.UnitID, station string, prefixLength, filter int) (authentic.TagID, error) {
	q, err := d.queries(ctx, cmd.Actor)
	if err != nil {
		return "", err
	}
	u, err := q.Unit(unit)
	if err != nil {
		return "", err
	}
	if u.State.Terminal() {
		return "", fault.Newf(fault.Conflict, "This unit is %s; it gets no tag any more.", u.State.Word())
	}
	memory, err := EPCOf(authentic.Label{DI: u.DI, Serial: u.Serial}, prefixLength, filter)
	if err != nil {
		return "", err
	}
	writer, err := d.uhf(station)
	if err != nil {
		return "", err
	}
	if err := writer.WriteEPC(ctx, memory.EPC); err != nil {
		return "", fault.Wrap(fault.Unavailable, "The tag was not written. Lay one UHF tag on the reader and try again.", err)
	}
	return store.Once(ctx, d.Store, cmd, func(tx *store.Tx) (authentic.TagID, error) { return d.bindEPC(tx, unit, memory) })
}

func (d *Desk) uhf(station string) (UHFStation, error) {
	for _, s := range d.Stations {
		if w, ok := s.(UHFStation); ok && s.Name() == station {
			return w, nil
		}
	}
	return nil, fault.At("station", "There is no reader of this name that writes UHF tags.")
}

// bindEPC takes the written tag on and binds it.
func (d *Desk) bindEPC(tx *store.Tx, unit custody.UnitID, memory Memory) (authentic.TagID, error) {
	u, err := tx.Unit(unit)
	if err != nil {
		return "", err
	}
	identity := string(authentic.UHF) + ":" + memory.Hex
	known, err := tx.Unbounded().TagByIdentity(identity)
	switch {
	case err == nil && known.Unit == string(unit):
		return known.ID, nil
	case err == nil:
		return "", fault.New(fault.Conflict, "A tag with this EPC stands for another unit.")
	case !fault.Is(err, fault.NotFound):
		return "", err
	}
	id, err := tx.CreateTag(authentic.Tag{Identity: identity, Technology: authentic.UHF, Vendor: u.Vendor, EPC: memory.Hex, Epoch: 1})
	if err != nil {
		return "", err
	}
	tx.Audit(audit.Change{
		Chain: audit.SiteChain(string(u.Site)), Action: "tag.bound", Kind: "unit", Object: string(unit),
		New: map[string]string{"tag": string(id), "technology": string(authentic.UHF)},
	})
	return id, bindFrom(tx, id, u)
}
