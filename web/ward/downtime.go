package ward

import (
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"trueward/internal/domain/custody"
	view "trueward/templates/offline"
	"trueward/web/route"
	"trueward/web/symbol"
)

// paperLines is how many uses fit on a sheet of paper.
const paperLines = 14

// downtime shows one form per room, to be printed while everything works. The
// code on it leads back to the room.
func (w Ward) downtime(c echo.Context) error {
	f, err := w.frame(c, "Forms for writing by hand")
	if err != nil {
		return err
	}
	h, err := w.Using.Home(c.Request().Context(), route.Actor(c))
	if err != nil {
		return err
	}
	p := view.DowntimeProps{Frame: f, Lines: paperLines}
	only := route.QueryValue(c, "place")
	for _, room := range h.Rooms {
		if only != "" && only != string(room.ID) {
			continue
		}
		place, err := sheet(c, room, h.Sites[room.Site].Name)
		if err != nil {
			return err
		}
		p.Places = append(p.Places, place)
	}
	return route.Render(c, http.StatusOK, view.Downtime(p))
}

func sheet(c echo.Context, room custody.Place, site string) (view.DowntimePlace, error) {
	address := origin(c) + casesPath + "?" + url.Values{"place": {string(room.ID)}}.Encode()
	code, err := symbol.QR(address)
	return view.DowntimePlace{Name: room.Name, Site: site, Address: address, Code: drawn(code)}, err
}

func drawn(s symbol.Symbol) view.Symbol {
	return view.Symbol{Path: s.Path, Width: s.Width, Height: s.Height}
}

// origin is how this browser reaches the server.
func origin(c echo.Context) string {
	if route.Secure(c) {
		return "https://" + c.Request().Host
	}
	return "http://" + c.Request().Host
}
