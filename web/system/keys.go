package system

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"trueward/internal/app/operating"
	"trueward/internal/domain/access"
	"trueward/internal/domain/authentic"
	"trueward/internal/standard/sdm"
	view "trueward/templates/system"
	"trueward/templates/ui"
	"trueward/web/frame"
	"trueward/web/route"
)

func (r Room) showKeys(c echo.Context) error {
	actor := route.Actor(c)
	keys, err := r.Desk.Keys(c.Request().Context(), actor)
	if err != nil {
		return err
	}
	p := view.KeysProps{Frame: frame.Page(c, "Keys"), Vendor: actor.Kind == access.Vendor, AlertsHref: alertsPath, NewHref: newProfilePath, TagsHref: tagsPath, Figures: figures(keys)}
	for _, line := range keys.Profiles {
		p.Profiles = append(p.Profiles, profileLine(line))
	}
	for _, a := range keys.Suspicions {
		p.Suspicions = append(p.Suspicions, alertLine(c, operating.AlertLine{Alert: a}))
	}
	return route.Render(c, http.StatusOK, view.Keys(p))
}

func figures(keys operating.Keys) []ui.StatProps {
	var bound, retired, keyless int64
	for _, l := range keys.Profiles {
		bound, retired = bound+l.Tags.Bound, retired+l.Tags.Retired
		if len(l.Epochs) == 0 && l.Profile.Keyed() {
			keyless++
		}
	}
	out := []ui.StatProps{
		{Label: "Tags in use that prove themselves", Figure: number(bound)},
		{Label: "Retired with their unit", Figure: number(retired)},
		{Label: "Tags in use without proof", Figure: number(keys.Plain.Bound), Note: "they name a unit, no more"},
	}
	if keyless > 0 {
		out = append(out, ui.StatProps{Label: "Profiles without keys", Figure: number(keyless), Tone: ui.Stop, Note: "their tags are refused"})
	}
	return out
}

func profileLine(l operating.ProfileLine) view.ProfileLine {
	epochs := make([]string, len(l.Epochs))
	for i, e := range l.Epochs {
		epochs[i] = strconv.FormatInt(e, 10)
	}
	return view.ProfileLine{
		Keyless: !l.Profile.Keyed(),
		Href:    profilePath + string(l.Profile.ID), Name: l.Profile.Name, Vendor: l.Vendor, Mode: modeWords(l.Profile), Mirror: mirrorWords(l.Profile),
		Bound: number(l.Tags.Bound), Unbound: number(l.Tags.Unbound), Retired: number(l.Tags.Retired), Epochs: strings.Join(epochs, ", "),
	}
}

// modeWords say whether a passer-by can read which tag it is.
func modeWords(p authentic.Profile) string {
	if !p.Keyed() {
		return "EPC of the unit"
	}
	switch p.Mode {
	case sdm.ModePlain, sdm.ModePlainLRP:
		return "Open UID, signed"
	}
	return "Encrypted UID, signed"
}

func mirrorWords(p authentic.Profile) string {
	if !p.Keyed() {
		return "UHF, proves nothing"
	}
	suite := "AES"
	if p.Mode == sdm.ModeLRP || p.Mode == sdm.ModePlainLRP {
		suite = "LRP"
	}
	switch {
	case p.Tamper:
		return suite + ", with a seal"
	case p.MirrorsFile:
		return suite + ", with file data"
	}
	return suite
}

func number(n int64) string {
	text := strconv.FormatInt(n, 10)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}
