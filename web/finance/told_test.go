package finance

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"trueward/internal/domain/access"
	"trueward/internal/fault"
)

// A short form tells its refusals on the page it stands on, all but the
// question for a fresh proof: told there, nobody could answer it.
func TestAProofIsAskedForAndNotTold(t *testing.T) {
	stale := access.Actor{Sitting: &access.Sitting{Proven: time.Unix(0, 0)}}
	proof := access.ProofPolicy{}.Require(stale, time.Unix(3600, 0))
	for name, c := range map[string]struct {
		err      error
		returned bool
	}{
		"a proof":    {proof, true},
		"an amount":  {fault.At("amount", "Enter an amount."), false},
		"forbidden":  {fault.New(fault.Forbidden, "Not you."), false},
		"a conflict": {fault.New(fault.Conflict, "Too late."), false},
	} {
		answer := httptest.NewRecorder()
		ctx := echo.New().NewContext(httptest.NewRequest(http.MethodPost, "/approvals", nil), answer)
		err := told(ctx, c.err, "/approvals", "Done.")
		if (err != nil) != c.returned {
			t.Errorf("%s: %v", name, err)
		}
		if !c.returned && answer.Code != http.StatusSeeOther {
			t.Errorf("%s: answered %d", name, answer.Code)
		}
	}
}
