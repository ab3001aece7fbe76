package home

import (
	"github.com/labstack/echo/v4"

	"trueward/internal/domain/access"
	"trueward/internal/wording"
	view "trueward/templates/account"
	"trueward/web/route"
)

const languagePath = accountPath + "/language"

// languages are what a person chooses from.
func languages(r *route.Request) view.LanguageProps {
	p := view.LanguageProps{Action: languagePath, Key: route.NewKey(), Chosen: string(r.Chosen)}
	for _, tag := range wording.Tags {
		p.Languages = append(p.Languages, view.Language{Tag: string(tag), Name: tag.Name()})
	}
	return p
}

// chooseLanguage keeps the language of the person's pages; the next page is in
// it.
func (d Door) chooseLanguage(c echo.Context) error {
	language := access.ParseLanguage(route.Value(c, "language"))
	if err := d.Desk.ChooseLanguage(c.Request().Context(), route.Command(c), language); err != nil {
		return err
	}
	return route.Redirect(c, accountPath, route.Done("Your language is saved."))
}
