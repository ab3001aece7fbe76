package access_test

import (
	"testing"
	"time"

	"trueward/internal/domain/access"
)

func TestProofIsAskedForWhenItIsOld(t *testing.T) {
	now := time.Date(2027, time.March, 3, 9, 0, 0, 0, time.UTC)
	sitting := func(proven time.Time) access.Actor {
		return access.Actor{Person: "p", Sitting: &access.Sitting{Proven: proven}}
	}
	for name, c := range map[string]struct {
		actor  access.Actor
		minor  int64
		asked  bool
		policy access.ProofPolicy
	}{
		"fresh":                 {sitting(now.Add(-10 * time.Minute)), 1 << 40, false, access.ProofPolicy{}},
		"old":                   {sitting(now.Add(-10*time.Minute - 1)), 1 << 40, true, access.ProofPolicy{}},
		"from the future":       {sitting(now.Add(time.Minute)), 1 << 40, true, access.ProofPolicy{}},
		"a badge alone":         {sitting(time.Time{}), 100_000, true, access.ProofPolicy{}},
		"little money":          {sitting(time.Time{}), 99_999, false, access.ProofPolicy{}},
		"money given back":      {sitting(time.Time{}), -100_000, true, access.ProofPolicy{}},
		"an own limit":          {sitting(time.Time{}), 50, true, access.ProofPolicy{Above: 50}},
		"an own time":           {sitting(now.Add(-2 * time.Minute)), 1 << 40, true, access.ProofPolicy{Within: time.Minute}},
		"a worker":              {access.System("test"), 1 << 40, false, access.ProofPolicy{}},
		"nobody sits anywhere":  {access.Actor{Person: "p"}, 1 << 40, false, access.ProofPolicy{}},
		"the largest of values": {sitting(time.Time{}), -1 << 63, true, access.ProofPolicy{}},
	} {
		if err := c.policy.RequireFor(c.actor, now, c.minor); (err != nil) != c.asked {
			t.Errorf("%s: %v", name, err)
		}
	}
}
