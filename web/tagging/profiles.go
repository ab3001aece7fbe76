package tagging

import (
	"fmt"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"trueward/internal/app/tagging"
	"trueward/internal/domain/access"
	"trueward/internal/domain/authentic"
	view "trueward/templates/tagging"
	"trueward/templates/ui"
	"trueward/web/frame"
	"trueward/web/route"
)

func (r Room) newProfile(c echo.Context) error {
	return r.renderNewProfile(c, http.StatusOK, tagging.NewProfile{
		Kind: tagging.Private, Address: origin(c), Rule: authentic.EPCRule{PrefixLength: 7, Filter: 1},
	}, nil)
}

func (r Room) renderNewProfile(c echo.Context, status int, in tagging.NewProfile, refused error) error {
	p := view.NewProfileProps{
		Frame: frame.Page(c, "New tag profile"), Action: profilesPath, KeysHref: keysPath, Key: route.NewKey(),
		Name: in.Name, Kind: string(in.Kind), Address: in.Address, Vendor: string(in.Vendor),
		Prefix: strconv.Itoa(in.Rule.PrefixLength), Filter: strconv.Itoa(in.Rule.Filter),
	}
	p.Errors, p.Summary = frame.Fields(refused)
	if route.Actor(c).Kind == access.Hospital {
		vendors, err := r.queries(c).Organisations(access.Vendor)
		if err != nil {
			return err
		}
		p.Vendors = []ui.Option{{Text: "Choose a vendor"}}
		for _, v := range vendors {
			p.Vendors = append(p.Vendors, ui.Option{Value: string(v.ID), Text: v.Name})
		}
	}
	return route.Render(c, status, view.NewProfile(p))
}

func (r Room) createProfile(c echo.Context) error {
	in := tagging.NewProfile{
		Name: route.Value(c, "name"), Kind: tagging.Kind(route.Value(c, "kind")), Address: route.Value(c, "address"),
		Vendor: access.OrganisationID(route.Value(c, "vendor")),
	}
	in.Rule.PrefixLength, _ = strconv.Atoi(route.Value(c, "prefix")) // what is no number is refused at its field
	in.Rule.Filter, _ = strconv.Atoi(route.Value(c, "filter"))
	id, err := r.Desk.CreateProfile(c.Request().Context(), route.Command(c), in)
	if refusedAt(err) {
		return r.renderNewProfile(c, http.StatusUnprocessableEntity, in, err)
	}
	if err != nil {
		return err
	}
	done := "The profile is ready, and its keys are made. Tags can be written."
	if in.Kind == tagging.EPC {
		done = "The profile is ready. Tags can be written."
	}
	return route.Redirect(c, to(profilePath, string(id)), route.Done(done))
}

func (r Room) showProfile(c echo.Context) error {
	v, err := r.Desk.Profile(c.Request().Context(), route.Actor(c), authentic.ProfileID(route.PathValue(c, "id")))
	if err != nil {
		return err
	}
	id := string(v.Profile.ID)
	p := view.ProfileProps{
		Frame: frame.Page(c, v.Profile.Name), KeysHref: keysPath, Name: v.Profile.Name,
		WriteHref: newRunPath + "?profile=" + id, TagsHref: tagsPath + "?profile=" + id, Held: v.Held, HandoverHref: handoverPath + "?profile=" + id,
		Facts: []ui.Pair{
			{Key: "Vendor", Value: ui.Text(v.Vendor)}, {Key: "Tags write", Value: ui.Text(kindWords(v.Profile))},
			{Key: "Address", Value: ui.Code(v.Profile.URLTemplate)},
		},
	}
	if !v.Profile.Keyed() {
		p.UHF, p.HandoverHref = true, ""
		p.Facts = []ui.Pair{
			{Key: "Vendor", Value: ui.Text(v.Vendor)}, {Key: "Tags bear", Value: ui.Text(kindWords(v.Profile))},
			{Key: "Company prefix", Value: ui.Text(fmt.Sprintf("%d digits", v.Profile.EPC.PrefixLength))},
			{Key: "Filter value", Value: ui.Text(strconv.Itoa(v.Profile.EPC.Filter))},
		}
	}
	owner := route.Actor(c).Kind == access.Vendor
	if owner && v.Held {
		p.RotateAction, p.RotateKey = to(rotatePath, id), route.NewKey()
	}
	for i, e := range v.Epochs {
		l := view.EpochLine{
			Number: strconv.FormatInt(e.Number, 10), Opened: e.OpenedAt, Closed: e.ClosedAt, Zone: route.Zone(c), Tags: number(e.Tags), Held: e.Held, Newest: i == 0,
		}
		if owner && i > 0 && e.Open() {
			l.CloseAction, l.Key = to(closePath, id), route.NewKey()
		}
		p.Epochs = append(p.Epochs, l)
	}
	for _, h := range v.Sent {
		what := "Keys handed to " + h.Other
		if h.Received {
			what = "Keys taken in from " + h.Other
		}
		p.Handovers = append(p.Handovers, ui.Event{Icon: "key", Tone: ui.Calm, What: what, When: ui.Instant(h.At, route.Zone(c)), With: fmt.Sprintf("epoch %d", h.Epoch)})
	}
	return route.Render(c, http.StatusOK, view.Profile(p))
}

func kindWords(p authentic.Profile) string {
	switch {
	case !p.Keyed():
		return "The EPC of their unit (SGTIN)"
	case p.Tamper:
		return "Encrypted number and count, and the state of their seal"
	case p.Mode == "plain" || p.Mode == "plain_lrp":
		return "Readable number and count, signed"
	}
	return "Encrypted number and count, signed"
}

func (r Room) rotate(c echo.Context) error {
	id := route.PathValue(c, "id")
	n, err := r.Desk.Rotate(c.Request().Context(), route.Command(c), authentic.ProfileID(id))
	if err != nil {
		return err
	}
	return route.Redirect(c, to(profilePath, id), route.Done(fmt.Sprintf("Epoch %d is open. New tags get its keys.", n)))
}

func (r Room) closeEpoch(c echo.Context) error {
	id := route.PathValue(c, "id")
	n, err := strconv.ParseInt(route.Value(c, "epoch"), 10, 64)
	if err != nil {
		n = 0 // no such epoch
	}
	if err := r.Desk.Close(c.Request().Context(), route.Command(c), authentic.ProfileID(id), n); err != nil {
		return err
	}
	return route.Redirect(c, to(profilePath, id), route.Done(fmt.Sprintf("Epoch %d is closed. Its tags prove nothing any more.", n)))
}
