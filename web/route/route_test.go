package route_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"trueward/internal/domain/access"
	"trueward/web/route"
)

func handler(echo.Context) error { return nil }

func TestCheckWantsEverythingDeclared(t *testing.T) {
	good := route.Route{Method: http.MethodGet, Path: "/units/:id", Name: "unit", Needs: access.SeeStock, Tenancy: route.Sides,
		Params: []route.Param{route.Path("id", route.ID())}, Handler: handler}
	if err := good.Check(); err != nil {
		t.Fatalf("a complete entry: %v", err)
	}
	for name, spoil := range map[string]func(*route.Route){
		"no verb":            func(r *route.Route) { r.Needs = "" },
		"no tenancy":         func(r *route.Route) { r.Tenancy = "" },
		"no name":            func(r *route.Route) { r.Name = "" },
		"no handler":         func(r *route.Route) { r.Handler = nil },
		"untyped path":       func(r *route.Route) { r.Params = nil },
		"parameter twice":    func(r *route.Route) { r.Params = append(r.Params, r.Params[0]) },
		"parameter no type":  func(r *route.Route) { r.Params = append(r.Params, route.Param{Name: "x", In: route.InQuery}) },
		"strange method":     func(r *route.Route) { r.Method = http.MethodPut },
		"idle POST":          func(r *route.Route) { r.Method = http.MethodPost },
		"tenants to anybody": func(r *route.Route) { r.Needs = route.Anonymous },
	} {
		bad := good
		bad.Params = append([]route.Param(nil), good.Params...)
		spoil(&bad)
		if bad.Check() == nil {
			t.Errorf("%s: passes", name)
		}
	}
}

func TestAdmits(t *testing.T) {
	nurse := access.Actor{Person: "n", Organisation: "h", Kind: access.Hospital, Grants: []access.Grant{{Role: access.Nurse}}}
	rep := access.Actor{Person: "r", Organisation: "v", Kind: access.Vendor, Grants: []access.Grant{{Role: access.Rep}}}
	for _, c := range []struct {
		needs   access.Verb
		tenancy route.Tenancy
		actor   access.Actor
		want    bool
	}{
		{route.Anonymous, route.None, access.Actor{}, true},
		{route.SignedIn, route.Self, access.Actor{}, false},
		{route.SignedIn, route.Self, rep, true},
		{access.SeeStock, route.Sides, rep, true},
		{access.SeeStock, route.Hospital, rep, false},
		{access.SeeStock, route.Vendor, nurse, false},
		{access.WorkCase, route.Site, nurse, true},
		{access.WorkCase, route.Sides, rep, false},
		{access.SeeSystem, route.Installation, nurse, false},
		{"", "", nurse, false},
	} {
		r := route.Route{Needs: c.needs, Tenancy: c.tenancy}
		if got := r.Admits(c.actor); got != c.want {
			t.Errorf("%s, %s, %s: %v", c.needs, c.tenancy, c.actor.Kind, got)
		}
	}
}

func TestTypes(t *testing.T) {
	for _, c := range []struct {
		t    route.Type
		good []string
		bad  []string
	}{
		{route.ID(), []string{"", "0197f3d0-0000-7000-8000-000000000000"}, []string{"0197F3D0-0000-7000-8000-000000000000", "0197f3d0", "x", "0197f3d0-0000-7000-8000-00000000000g", "' OR 1=1 --"}},
		{route.Int(), []string{"0", "123456789012345"}, []string{"-1", "1.5", "1e3", "１２", "٣", "1234567890123456", " 1"}},
		{route.Date(), []string{"2027-12-31"}, []string{"31.12.2027", "2027-1-1", "２０２７-12-31"}},
		{route.Enum("a", "b"), []string{"a", ""}, []string{"c", "A", "a "}},
		{route.Token(8), []string{"aZ0-_.="}, []string{"a b", "a/b", "123456789", "é"}},
		{route.Text(5), []string{"Amy", "é"}, []string{"abcdef", "a\x00", "a\n", "１", "\xff"}},
		{route.Prose(20), []string{"Zeile\nzwei", "غرفة ٣"}, []string{"a\x00", "a\x1b[31m", "\xff"}},
		{route.Secret(9), []string{"pass ワ"}, []string{"a\x00", "a\n"}},
		{route.Scan(30), []string{"]d2010950600013435210LT\x1d21S1", "\x1e\x04"}, []string{"a\x00", "a\x1b", "１２"}},
	} {
		for _, v := range c.good {
			if !c.t.Accepts(v) {
				t.Errorf("%s refuses %q", c.t, v)
			}
		}
		for _, v := range c.bad {
			if c.t.Accepts(v) {
				t.Errorf("%s accepts %q", c.t, v)
			}
		}
	}
	once, many := route.Form("a", route.Int()), route.FormMany("a", route.Int())
	if once.Accepts([]string{"1", "2"}) || !many.Accepts([]string{"1", "2"}) || many.Accepts(strings.Split(strings.Repeat("1,", 501), ",")) {
		t.Error("repetition is not what was declared")
	}
}
