package tagging

import (
	"fmt"

	"github.com/labstack/echo/v4"

	"trueward/internal/app/tagging"
	"trueward/internal/domain/authentic"
	"trueward/internal/standard/sdm"
	view "trueward/templates/tagging"
	"trueward/templates/ui"
	"trueward/web/route"
)

// proofOf says in words what a tap of this tag proves, and what it does not.
func proofOf(v tagging.TagView) view.Proof {
	switch v.Tag.Technology {
	case authentic.UHF:
		return view.Proof{
			Proves: "Nothing. It says which unit it was put on.",
			Not:    "A UHF number can be copied onto another label. A read helps to find a unit; it does not show that it is genuine.",
		}
	case authentic.NFC:
		return view.Proof{
			Proves: "At a reader that checks chips: that the chip's maker made this chip.",
			Not:    "It holds no key of ours. Its number can be copied, and says nothing about the product.",
		}
	}
	p := view.Proof{Proves: "That this very tag wrote a fresh message with a key that only it and this server know. A copied message is told from a fresh one by its count."}
	p.Not = "That the tag is still on the product it was put on. Compare product, lot and serial with the label."
	switch {
	case v.Profile.Tamper:
		p.Proves += " It also reports whether its seal was ever opened."
		p.Not = "That the seal was not opened and mended while no reader was near; a loop is measured only in a reader's field."
	case v.Profile.Mode == sdm.ModePlain:
		p.Not += " Whoever taps it can read its number."
	}
	if !v.Epoch.Open() {
		p.Over = "Its key epoch was closed, so it proves nothing any more. Give the unit a new tag."
	}
	return p
}

func factsOf(c echo.Context, v tagging.TagView) []ui.Pair {
	facts := []ui.Pair{{Key: "Kind", Value: ui.Text(technologyWords(v.Tag.Technology))}}
	add := func(key, value string) {
		if value != "" {
			facts = append(facts, ui.Pair{Key: key, Value: ui.Text(value)})
		}
	}
	add("Vendor", v.Vendor)
	add("Profile", v.Profile.Name)
	if v.Tag.Profile != "" {
		epoch := fmt.Sprintf("%d", v.Tag.Epoch)
		if v.Newest > v.Tag.Epoch {
			epoch += fmt.Sprintf(" (new tags are written in %d)", v.Newest)
		}
		add("Key epoch", epoch)
		taps := "Never tapped in this epoch"
		if v.Last >= 0 {
			taps = number(v.Last)
		}
		add("Taps counted by the tag", taps)
	}
	add("EPC", v.Tag.EPC)
	switch {
	case v.Unit != nil:
		facts = append(facts, ui.Pair{Key: "Unit", Value: ui.Two(ui.RowLink(v.Unit.Product, unitPath+string(v.Unit.ID)), ui.LotSerial(v.Unit.Lot, v.Unit.Serial))})
		add("Where", v.Unit.Hospital+", "+v.Unit.Place)
	case v.Label.DI != "":
		facts = append(facts, ui.Pair{Key: "Made for", Value: ui.Two(ui.Code(v.Label.DI), ui.LotSerial(v.Label.Lot, v.Label.Serial))})
	}
	if !v.Tag.BoundAt.IsZero() {
		facts = append(facts, ui.Pair{Key: "Bound", Value: ui.Instant(v.Tag.BoundAt, route.Zone(c))})
	}
	if !v.Tag.TamperedAt.IsZero() {
		facts = append(facts, ui.Pair{Key: "Seal reported open", Value: ui.Instant(v.Tag.TamperedAt, route.Zone(c))})
	}
	return facts
}

func tapsOf(c echo.Context, v tagging.TagView) []ui.Event {
	out := make([]ui.Event, len(v.Taps))
	for i, t := range v.Taps {
		out[i] = ui.Event{
			Tone: ui.Calm, Icon: "shield", What: t.Verdict.Words(), When: ui.Instant(t.At, route.Zone(c)), Who: v.Names[string(t.Person)],
			With: fmt.Sprintf("count %d, epoch %d, %s", t.Counter, t.Epoch, sourceWords(t.Source)),
		}
		if t.Verdict.Level == authentic.Refused {
			out[i].Tone, out[i].Icon, out[i].More = ui.Stop, "warning", ui.Text(t.Verdict.Why())
		}
		if t.Verdict.Reason == authentic.NotAuthentic {
			out[i].With = sourceWords(t.Source)
		}
	}
	return out
}

func sourceWords(source string) string {
	switch source {
	case "commissioning":
		return "when it was written"
	case "reader":
		return "at a desk reader"
	case "offline":
		return "kept while offline"
	case "scan":
		return "in the scan box"
	}
	return "by a phone"
}
