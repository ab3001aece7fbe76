package ui

import (
	"maps"
	"slices"
)

// icons are strokes on a 24 × 24 field, drawn for this project. Names that
// point along the reading direction are listed in turning.
var icons = map[string]string{
	"back":     "M19 12H5 M11 6l-6 6 6 6",
	"box":      "M4 8l8-4 8 4v8l-8 4-8-4z M4 8l8 4 8-4 M12 12v8",
	"calendar": "M4 6h16v14H4z M4 10h16 M8 3v4 M16 3v4",
	"camera":   "M4 8h3l2-3h6l2 3h3v11H4z M12 10a3.5 3.5 0 1 0 .01 0z",
	"card":     "M3 6h18v12H3z M3 10h18 M6 15h4",
	"case":     "M6 4h12v17H6z M9 4V2.8h6V4 M9 10h6 M9 14h6",
	"chart":    "M4 4v16h16 M8 16v-4 M12 16V8 M16 16v-6",
	"check":    "M5 12.5l4.5 4.5L19 7.5",
	"chip":     "M7 7h10v10H7z M10 3v4 M14 3v4 M10 17v4 M14 17v4 M3 10h4 M3 14h4 M17 10h4 M17 14h4",
	"clock":    "M12 3.5a8.5 8.5 0 1 0 .01 0z M12 7.5V12l3 2",
	"close":    "M6 6l12 12 M18 6L6 18",
	"copy":     "M8 8h12v12H8z M16 8V4H4v12h4",
	"dot":      "M12 8a4 4 0 1 0 .01 0z",
	"down":     "M6 9l6 6 6-6",
	"download": "M12 4v11 M7 11l5 5 5-5 M4 20h16",
	"file":     "M6 3h8l4 4v14H6z M14 3v4h4 M9 12h6 M9 16h6",
	"filter":   "M4 5h16l-6 7v7l-4-2v-5z",
	"home":     "M4 11l8-7 8 7v9h-5v-6H9v6H4z",
	"identify": "M4 5v14 M7 5v14 M10 5v14 M14 5v14 M17 5v14 M20 5v14",
	"info":     "M12 3.5a8.5 8.5 0 1 0 .01 0z M12 11v5.5 M12 7.4v.2",
	"key":      "M8 11a4 4 0 1 0 .01 0z M11.5 13.5L20 5 M16 9l3 3",
	"menu":     "M4 7h16 M4 12h16 M4 17h16",
	"money":    "M12 3v18 M16.5 7.2C15.6 6 14 5.6 12 5.6c-2.6 0-4.4 1-4.4 3s1.8 2.8 4.4 3.4 4.6 1.2 4.6 3.4-2 3-4.6 3c-2.2 0-4-.6-4.9-1.9",
	"next":     "M9 6l6 6-6 6",
	"people":   "M9 5a3.2 3.2 0 1 0 .01 0z M3 20c0-4 2.6-6 6-6s6 2 6 6 M16 6a2.8 2.8 0 0 1 0 5.6 M17.5 14.3c2.3.6 3.5 2.6 3.5 5.7",
	"person":   "M12 4a4 4 0 1 0 .01 0z M4.5 21c0-4.6 3.2-7 7.5-7s7.5 2.4 7.5 7",
	"plus":     "M12 5v14 M5 12h14",
	"scan":     "M4 8V4h4 M16 4h4v4 M20 16v4h-4 M8 20H4v-4 M4 12h16",
	"search":   "M10.5 4a6.5 6.5 0 1 0 .01 0z M15.5 15.5L20 20",
	"shield":   "M12 3l8 3v6c0 5-3.2 8-8 9.5C7.2 20 4 17 4 12V6z M8.5 12l2.5 2.5 4.5-5",
	"sort":     "M8 9l4-4 4 4 M8 15l4 4 4-4",
	"sort-up":  "M7 14l5-5 5 5",
	"stop":     "M8 3.5h8L20.5 8v8L16 20.5H8L3.5 16V8z M9 9l6 6 M15 9l-6 6",
	"sun":      "M12 8a4 4 0 1 0 .01 0z M12 2.5v2 M12 19.5v2 M2.5 12h2 M19.5 12h2 M5.3 5.3l1.4 1.4 M17.3 17.3l1.4 1.4 M5.3 18.7l1.4-1.4 M17.3 6.7l1.4-1.4",
	"tag":      "M3.5 12.5V4.5h8l9 9-7.5 7.5z M8 8.6v.2",
	"truck":    "M2 6h11v10H2z M13 10h4l4 3v3h-8 M6.5 16a2 2 0 1 0 .01 0z M17 16a2 2 0 1 0 .01 0z",
	"undo":     "M9 14L4 9l5-5 M4 9h10a6 6 0 0 1 0 12h-3",
	"waiting":  "M7 3h10 M7 21h10 M8 3c0 5 8 6 8 9s-8 4-8 9 M16 3c0 5-8 6-8 9s8 4 8 9",
	"warning":  "M12 3.5L22 20H2z M12 10v4.5 M12 17.2v.2",
}

var turning = map[string]bool{"back": true, "next": true, "undo": true}

// iconPath returns the strokes of an icon. An unknown name is a programmer's
// mistake; the gallery test renders every name in use.
func iconPath(name string) string {
	path, ok := icons[name]
	if !ok {
		panic("ui: no icon named " + name)
	}
	return path
}

func iconClass(name, extra string) string {
	class := "icon"
	if turning[name] {
		class += " icon-turns"
	}
	if extra != "" {
		class += " " + extra
	}
	return class
}

// IconNames lists all icons in order, for the gallery.
func IconNames() []string { return slices.Sorted(maps.Keys(icons)) }
