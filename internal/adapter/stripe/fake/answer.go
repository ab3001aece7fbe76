package fake

import (
	"encoding/json"
	"net/http"
)

// object is something as it is shown in JSON.
type object = map[string]any

func ok(body any) answer { return answer{http.StatusOK, body} }

func failure(status int, kind, code, message string) answer {
	e := object{"type": kind, "message": message}
	if code != "" {
		e["code"] = code
	}
	return answer{status, object{"error": e}}
}

func invalid(param, message string) answer {
	a := failure(http.StatusBadRequest, "invalid_request_error", "", message)
	if param != "" {
		a.body.(object)["error"].(object)["param"] = param
	}
	return a
}

func missing(what string) answer {
	return failure(http.StatusNotFound, "invalid_request_error", "resource_missing", "No such "+what)
}

func write(w http.ResponseWriter, a answer, replayed bool) {
	text, err := json.Marshal(a.body)
	if err != nil {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Request-Id", "req_fake")
	if replayed {
		w.Header().Set("Idempotent-Replayed", "true")
	}
	w.WriteHeader(a.status)
	_, _ = w.Write(text)
}

// list answers a page of a list, newest first as Stripe lists, with the
// cursors starting_after and limit.
func (c call) list(rows []object) answer {
	if after := c.form.text("starting_after"); after != "" {
		for i, row := range rows {
			if row["id"] == after {
				rows = rows[i+1:]
				break
			}
		}
	}
	limit := 10
	if n, given := c.form.number("limit"); given {
		limit = int(n)
	}
	limit = min(limit, c.cfg.PageSize)
	more := len(rows) > limit
	rows = rows[:min(limit, len(rows))]
	if rows == nil {
		rows = []object{}
	}
	return ok(object{"object": "list", "data": rows, "has_more": more, "url": "/v1"})
}
