// Program pocketbasepeer is PocketBase as it ships, with one command more:
// seed makes a collection of units and the person who reads and changes them,
// so that both sides of a measurement hold the same rows.
package main

import (
	"fmt"
	"log"
	"strconv"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"
	"github.com/spf13/cobra"
)

func main() {
	app := pocketbase.New()
	app.RootCmd.AddCommand(&cobra.Command{
		Use: "seed UNITS EMAIL PASSWORD", Args: cobra.ExactArgs(3),
		RunE: func(_ *cobra.Command, args []string) error {
			units, err := strconv.Atoi(args[0])
			if err != nil {
				return err
			}
			return seed(app, units, args[1], args[2])
		},
	})
	if err := app.Start(); err != nil {
		log.Fatal(err)
	}
}

func seed(app core.App, units int, email, password string) error {
	users, err := app.FindCollectionByNameOrId("users")
	if err != nil {
		return err
	}
	person := core.NewRecord(users)
	person.SetEmail(email)
	person.SetPassword(password)
	person.SetVerified(true)
	if err := app.Save(person); err != nil {
		return err
	}
	signedIn := types.Pointer(`@request.auth.id != ""`)
	c := core.NewBaseCollection("units")
	c.ListRule, c.ViewRule, c.UpdateRule = signedIn, signedIn, signedIn
	for _, name := range []string{"vendor", "hospital", "place", "product", "lot", "serial", "expiry", "state"} {
		c.Fields.Add(&core.TextField{Name: name})
	}
	c.AddIndex("units_by_expiry", false, "expiry, id", "")
	if err := app.Save(c); err != nil {
		return err
	}
	return app.RunInTransaction(func(tx core.App) error {
		for n := range units {
			_, err := tx.DB().Insert("units", dbx.Params{
				"id": fmt.Sprintf("unit%011d", n), "vendor": "norvane", "hospital": "St. Brannoc's", "place": "Cath Lab 2, cabinet A",
				"product": "Norvane coronary stent 3.0 x 18 mm", "lot": "LT4471", "serial": fmt.Sprintf("SN%07d", n),
				"expiry": "2035-01-31", "state": "available",
			}).Execute()
			if err != nil {
				return err
			}
		}
		return nil
	})
}
