package tagging

import "trueward/web/route"

const (
	importPath   = ""
	handoverPath = ""
)

func (r Room) files() []route.Route { return nil }
