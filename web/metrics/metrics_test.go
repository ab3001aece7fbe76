package metrics_test

import (
	"strings"
	"testing"
	"time"

	"trueward/web/metrics"
)

func TestWrite(t *testing.T) {
	r := metrics.New()
	r.Count("b_total", "Things.", metrics.Label{Name: "route", Value: `a"b\c`})
	r.Count("b_total", "Things.", metrics.Label{Name: "route", Value: `a"b\c`})
	r.Gauge("a_depth", "Depth.", func() float64 { return 3 })
	r.Observe("c_seconds", "Time.", 30*time.Millisecond)
	var out strings.Builder
	if err := r.Write(&out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"# HELP a_depth Depth.\n# TYPE a_depth gauge\na_depth 3\n",
		`b_total{route="a\"b\\c"} 2` + "\n",
		`c_seconds_bucket{le="0.025"} 0` + "\n",
		`c_seconds_bucket{le="0.05"} 1` + "\n",
		`c_seconds_bucket{le="+Inf"} 1` + "\nc_seconds_sum 0.03\nc_seconds_count 1\n",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("missing %q in\n%s", want, out.String())
		}
	}
}
