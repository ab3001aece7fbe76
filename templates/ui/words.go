package ui

import "context"

// Words are the fixed words of the components themselves: everything else comes
// in as props. A page in another language puts its own set into the context.
type Words struct {
	Skip, Menu, Scan, SignOut, Lock, LocksSoon, MyAccount, Theme, ThemeLight, ThemeDark, ThemeAuto string
	Errors, Error, Optional                                                                        string
	Verdict, Disposition                                                                           string
	Lot, Serial, None                                                                              string
	Previous, Next, SortBy, Ascending, Descending                                                  string
	Apply, Clear, Copy, Copied, Close, Figures, Undo, Seconds                                      string
	Online, Saving, Offline, YouAreHere                                                            string
	SignedInAs, NoCase, OpenCase, Sample, Pages, Main                                              string
	CameraOpen, CameraReady, CameraRefused, CameraMissing, CameraChoice, Torch, ScanLabel          string
	ScanHint, Send, Reference                                                                      string
	GoTo, Keyboard                                                                                 string
	ListWords
	Months [12]string // short names, January first
}

// English is the set used when a context holds none.
var English = Words{
	Skip: "Skip to main content", Menu: "Menu", Scan: "Scan", SignOut: "Sign out", Lock: "Lock", LocksSoon: "This workstation locks in a minute. Your work is kept.", MyAccount: "My account",
	Theme: "Appearance", ThemeLight: "Light", ThemeDark: "Dark", ThemeAuto: "Automatic",
	Errors: "There is a problem", Error: "Error:", Optional: "(optional)",
	Verdict: "Tag", Disposition: "Unit",
	Lot: "Lot", Serial: "Serial", None: "Not recorded",
	Previous: "Previous", Next: "Next", SortBy: "Sort by", Ascending: "sorted ascending", Descending: "sorted descending",
	Apply: "Show results", Clear: "Clear filters", Copy: "Copy", Copied: "Copied", Close: "Close", Figures: "Show the figures", Undo: "Undo", Seconds: "s",
	Online: "Online", Saving: "Saving {n}", Offline: "Offline – {n} waiting",
	YouAreHere: "You are here", SignedInAs: "Signed in as", NoCase: "No open case", OpenCase: "Open case",
	Sample: "Sample data. Nothing here is a real document.", Pages: "Pages of this list", Main: "Main",
	CameraOpen: "Use the camera", CameraReady: "Hold the code inside the frame.",
	CameraRefused: "The camera is switched off for this page. Allow it in the browser's settings, or type the code.",
	CameraChoice:  "Camera", Torch: "Light",
	CameraMissing: "No camera can be used here. Type the code, or use a hand scanner.",
	ScanLabel:     "Scan or type a code", ScanHint: "Tap, camera, hand scanner or keyboard: all end here.", Send: "Check", Reference: "Reference",
	GoTo: "Go to a page or number", Keyboard: "Keyboard",
	ListWords: englishLists,
	Months:    [12]string{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"},
}

type wordsKey struct{}

// WithWords returns a context in which components speak the given words.
func WithWords(ctx context.Context, words Words) context.Context {
	return context.WithValue(ctx, wordsKey{}, &words)
}

// Say returns the words of a context, English when it holds none. They are
// read only.
func Say(ctx context.Context) *Words {
	if words, ok := ctx.Value(wordsKey{}).(*Words); ok {
		return words
	}
	return &English
}
