package hx

import "testing"

func TestJoinLetsTheLaterWin(t *testing.T) {
	first := Post("/a")
	all := Join(first, Target("#x"), Post("/b"))
	if len(all) != 2 || all["hx-post"] != "/b" || all["hx-target"] != "#x" {
		t.Errorf("joined %v", all)
	}
	if first["hx-post"] != "/a" {
		t.Error("joining changed a part")
	}
}
