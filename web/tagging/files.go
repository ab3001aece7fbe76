package tagging

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"trueward/internal/adapter/store"
	"trueward/internal/app/tagging"
	"trueward/internal/domain/access"
	"trueward/internal/domain/authentic"
	view "trueward/templates/tagging"
	"trueward/templates/ui"
	"trueward/web/frame"
	"trueward/web/route"
)

// Addresses of files of tags and of keys.
const (
	importPath   = "/tag-files"
	handoverPath = "/key-files"
	addressPath  = "/key-files/address"
	sendPath     = "/key-files/send"
	takeInPath   = "/key-files/take-in"
)

// fileText bounds a pasted file of tags, in bytes.
const fileText = 300_000

func (r Room) files() []route.Route {
	ofVendor := func(e route.Route) route.Route { e.Tenancy = route.Vendor; return e }
	return []route.Route{
		ofVendor(managed(http.MethodGet, importPath, "tag-files", r.newFile)),
		ofVendor(managed(http.MethodPost, importPath, "tag-files.take", r.takeFile,
			route.Upload("file", route.Prose(fileText)), route.Form("do", route.Enum("check", "take")))),
		managed(http.MethodGet, handoverPath, "key-files", r.keyFiles, route.Query("profile", route.Token(64))),
		managed(http.MethodPost, addressPath, "key-files.address", r.makeAddress),
		ofVendor(managed(http.MethodPost, sendPath, "key-files.send", r.send,
			route.Form("profile", route.Token(64)), route.Form("receiver", route.Text(128)), route.Form("name", route.Prose(200)))),
		managed(http.MethodPost, takeInPath, "key-files.take-in", r.takeIn,
			route.Upload("file", route.Prose(70_000)), route.Form("sender", route.Text(128)), route.Form("vendor", route.ID())),
	}
}

func (r Room) newFile(c echo.Context) error {
	return r.renderFile(c, http.StatusOK, "", tagging.FileReport{}, nil)
}

func (r Room) renderFile(c echo.Context, status int, text string, report tagging.FileReport, refused error) error {
	p := view.FileProps{
		Frame: frame.Page(c, "Take in a file of tags"), Action: importPath, TagsHref: tagsPath, Key: route.NewKey(), Text: text,
		Columns: strings.Join(tagging.Columns, ","), Checked: report.Rows+len(report.Faults) > 0, Rows: report.Rows, Bound: report.Bound, Wait: report.Wait,
	}
	p.Errors, p.Summary = frame.Fields(refused)
	for _, f := range report.Faults {
		p.Faults = append(p.Faults, view.FileFault{Line: fmt.Sprint(f.Line), Column: f.Column, Sentence: f.Sentence})
	}
	return route.Render(c, status, view.File(p))
}

// takeFile checks a pasted file first; only what was checked, and had no fault,
// offers to be taken in.
func (r Room) takeFile(c echo.Context) error {
	ctx, text := c.Request().Context(), route.Value(c, "file")
	if route.Value(c, "do") != "take" {
		report, err := r.Desk.CheckFile(ctx, route.Actor(c), text)
		if err != nil {
			return err
		}
		return r.renderFile(c, http.StatusOK, text, report, nil)
	}
	report, err := r.Desk.TakeFile(ctx, route.Command(c), text)
	if refusedAt(err) {
		again, unread := r.Desk.CheckFile(ctx, route.Actor(c), text)
		if unread != nil {
			return unread
		}
		return r.renderFile(c, http.StatusUnprocessableEntity, text, again, err)
	}
	if err != nil {
		return err
	}
	return route.Redirect(c, tagsPath, route.Done(fmt.Sprintf("%d tags were taken in: %d stand for their units, %d wait for theirs.", report.Rows, report.Bound, report.Wait)))
}

// keyForms is what was entered into the forms of key files.
type keyForms struct {
	profile, receiver, name, file, sender, vendor string
	sealed                                        string // a file that was just made
}

func (r Room) keyFiles(c echo.Context) error {
	return r.renderKeyFiles(c, http.StatusOK, keyForms{profile: route.QueryValue(c, "profile")}, nil)
}

func (r Room) renderKeyFiles(c echo.Context, status int, in keyForms, refused error) error {
	actor := route.Actor(c)
	a, err := r.Desk.Address(c.Request().Context(), actor)
	if err != nil {
		return err
	}
	p := view.KeyFilesProps{
		Frame: frame.Page(c, "Key files"), KeysHref: keysPath, Made: a.Made, Receiver: a.Receiver, Sender: a.Sender,
		AddressAction: addressPath, TakeInAction: takeInPath, Keys: []string{route.NewKey(), route.NewKey(), route.NewKey()},
		Profile: in.profile, To: in.receiver, Name: in.name, File: in.file, From: in.sender, Vendor: in.vendor, Sealed: in.sealed,
	}
	p.Errors, p.Summary = frame.Fields(refused)
	q := r.queries(c)
	if actor.Kind == access.Vendor {
		p.SendAction = sendPath
		if p.Profiles, err = writable(q, r.Desk, true); err != nil {
			return err
		}
	} else if p.Vendors, err = vendorsOf(q); err != nil {
		return err
	}
	for _, h := range a.Files {
		what := "Handed to " + h.Other
		if h.Received {
			what = "Taken in from " + h.Other
		}
		p.Files = append(p.Files, ui.Event{Icon: "key", Tone: ui.Calm, What: what, When: ui.Instant(h.At, route.Zone(c)), With: fmt.Sprintf("profile %s, epoch %d", h.Profile, h.Epoch)})
	}
	return route.Render(c, status, view.KeyFiles(p))
}

func vendorsOf(q store.Queries) ([]ui.Option, error) {
	vendors, err := q.Organisations(access.Vendor)
	options := []ui.Option{{Text: "As the profile is known here"}}
	for _, v := range vendors {
		options = append(options, ui.Option{Value: string(v.ID), Text: v.Name})
	}
	return options, err
}

func (r Room) makeAddress(c echo.Context) error {
	if err := r.Desk.MakeAddress(c.Request().Context(), route.Command(c)); err != nil {
		return err
	}
	return route.Redirect(c, handoverPath, route.Done("Your keys for key files are made. Tell the others the two below."))
}

func (r Room) send(c echo.Context) error {
	in := keyForms{profile: route.Value(c, "profile"), receiver: route.Value(c, "receiver"), name: route.Value(c, "name")}
	file, err := r.Desk.HandOver(c.Request().Context(), route.Command(c), authentic.ProfileID(in.profile), in.receiver, in.name)
	if refusedAt(err) {
		return r.renderKeyFiles(c, http.StatusUnprocessableEntity, in, err)
	}
	if err != nil {
		return err
	}
	return r.renderKeyFiles(c, http.StatusOK, keyForms{sealed: file}, nil)
}

func (r Room) takeIn(c echo.Context) error {
	in := keyForms{file: route.Value(c, "file"), sender: route.Value(c, "sender"), vendor: route.Value(c, "vendor")}
	id, err := r.Desk.TakeIn(c.Request().Context(), route.Command(c), in.file, in.sender, access.OrganisationID(in.vendor))
	if refusedAt(err) {
		return r.renderKeyFiles(c, http.StatusUnprocessableEntity, in, err)
	}
	if err != nil {
		return err
	}
	return route.Redirect(c, to(profilePath, string(id)), route.Done("The keys are kept here now. Its tags can be proved."))
}
