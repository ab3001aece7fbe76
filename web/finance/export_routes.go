package finance

import (
	"net/http"

	"trueward/internal/domain/access"
	"trueward/web/route"
)

const detailsPath = exportsPath + "/details"

// exports are the URLs of the export centre.
func (o Office) exports() []route.Route {
	filter := []route.Param{
		cursor, route.Query("party", route.ID()), route.Query("status", statusType()), route.Query("from", route.Date()), route.Query("to", route.Date()),
	}
	return []route.Route{
		{
			Method: http.MethodGet, Path: exportsPath, Name: "exports", Needs: access.Export, Tenancy: route.Sides, Handler: o.showExports, Params: filter,
			Menu: &route.Menu{Text: "Export", Icon: "download", Key: "e", Place: 54},
		},
		{
			Method: http.MethodGet, Path: exportsPath + "/:id/file", Name: "export.file", Needs: access.Export, Tenancy: route.Sides,
			Handler: o.exportFile, Params: []route.Param{id}, Rate: route.RateExport,
		},
		{
			Method: http.MethodPost, Path: exportsPath, Name: "export.take", Needs: access.Export, Tenancy: route.Sides, ChangesState: true,
			BodyLimit: 16 << 10, Handler: o.takeExport, Rate: route.RateExport, Params: append([]route.Param{
				route.Form("format", route.Text(32)), route.Form("party", route.ID()), route.Form("status", route.Enum("sent", "paid")),
				route.Form("from", route.Date()), route.Form("to", route.Date()), route.Form("since", route.Enum("last")),
				route.Form("currency", route.Text(3)),
			}, o.columnParams()...),
		},
		{
			Method: http.MethodGet, Path: detailsPath, Name: "export.details", Needs: access.Export, Tenancy: route.Sides, Handler: o.showDetails,
		},
		{
			Method: http.MethodPost, Path: detailsPath, Name: "export.details.set", Needs: access.RecordPayments, Tenancy: route.Sides, ChangesState: true,
			BodyLimit: 16 << 10, Handler: o.setDetails, Params: detailsParams(),
		},
	}
}

func detailsParams() []route.Param {
	var params []route.Param
	for _, f := range detailFields {
		params = append(params, route.Form(f.name, route.Text(200)))
	}
	return params
}
