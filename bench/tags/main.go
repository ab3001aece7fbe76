// Tags measures the tag layer and holds it to its demands: the packages' own
// benchmarks, each in a process of its own whose processor time is counted, and
// epc-tds beside them. It prints a section of docs/benchmarks.md, or puts it
// there with -write.
//
// What is compared is processor time per operation: the time a benchmark took,
// times the share of a processor that its process had meanwhile. On a machine
// with other work the share is below one and the figure still holds, roughly;
// scaling over two processors needs a quiet machine.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// measure is one benchmark with what it is held to; 0 is no demand.
type measure struct {
	what      string
	pkg, name string
	most      float64 // ns of processor time
	allocs    int     // -1: not demanded
}

var measures = []measure{
	{"SDM check, AES, cached keys (B8)", "sdm", "BenchmarkCheckAES", 450, 2},
	{"SDM check, AES, with file data", "sdm", "BenchmarkCheckAESFileData", 0, -1},
	{"SDM check, AES, key derived for each", "sdm", "BenchmarkCheckAESDerived", 600, -1},
	{"SDM check, LRP", "sdm", "BenchmarkCheckLRP", 30_000, -1},
	{"SGTIN-96 hex to tag URI and GTIN", "epc", "BenchmarkSGTIN96", 120, 1},
	{"every other binary EPC scheme, on average", "epc", "BenchmarkSchemes", 400, -1},
	{"GS1 UDI scan", "gs1", "BenchmarkScanUDI", 600, -1},
	{"HIBC", "hibc", "BenchmarkParse", 500, -1},
	{"ISBT 128", "isbt128", "BenchmarkParse", 0, -1},
	{"ISO/IEC 29167-10 TAM1", "gen2auth", "BenchmarkTAM1", 300, -1},
	{"originality, secp128r1", "originality", "BenchmarkVerify128", 200_000, -1},
	{"originality, secp192r1", "originality", "BenchmarkVerify192", 0, -1},
	{"originality, secp224r1", "originality", "BenchmarkVerify224", 250_000, -1},
	{"the same by crypto/ecdsa alone", "originality", "BenchmarkStandardLibrary224", 0, -1},
	{"carrier dispatch, whole scan", "carrier", "BenchmarkDispatch", 0, -1},
	{"the same scan without dispatch", "carrier", "BenchmarkParser", 0, -1},
}

// figure is what a benchmark came to.
type figure struct {
	ns, wall float64
	allocs   int
}

var line = regexp.MustCompile(`(?m)^(Benchmark\S+?)(?:-\d+)?\s+\d+\s+([\d.]+) ns/op(?:.*?\s(\d+) allocs/op)?`)

func main() {
	write := flag.String("write", "", "document whose section is replaced")
	rounds := flag.Int("rounds", 3, "runs of each benchmark; the best counts")
	span := flag.String("time", "500ms", "how long a run takes")
	flag.Parse()
	text, err := run(*rounds, *span)
	if err == nil && *write != "" {
		err = replace(*write, text)
	} else if err == nil {
		fmt.Print(text)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(rounds int, span string) (string, error) {
	folder, err := os.MkdirTemp("", "trueward-bench-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(folder)
	b := bench{folder: folder, rounds: rounds, span: span, built: map[string]string{}}
	var out strings.Builder
	fmt.Fprintf(&out, "Measured %s on %s, %d processors, %s, load average %s before the run.\n\n",
		time.Now().UTC().Format("2 January 2006, 15:04 UTC"), processor(), runtime.NumCPU(), runtime.Version(), load())
	out.WriteString("| operation | processor time | allocations | demand | |\n|---|---|---|---|---|\n")
	found := map[string]figure{}
	for _, m := range measures {
		f, err := b.best(m, 1)
		if err != nil {
			return "", err
		}
		found[m.pkg+m.name] = f
		fmt.Fprintf(&out, "| %s | %s | %d | %s | %s |\n", m.what, inWords(f.ns), f.allocs, m.demand(), m.verdict(f))
	}
	dispatch := found["carrierBenchmarkDispatch"].ns - found["carrierBenchmarkParser"].ns
	fmt.Fprintf(&out, "| what dispatch adds | %s | | ≤ 100 ns | %s |\n", inWords(dispatch), met(dispatch <= 100))
	wrapped := found["originalityBenchmarkStandardLibrary224"].ns / found["originalityBenchmarkVerify224"].ns
	fmt.Fprintf(&out, "| B9: signature checks a second in our wrapper ÷ the standard library's | %.2f × | | ≥ 0.95 × | %s |\n", wrapped, met(wrapped >= 0.95))
	if err := b.beside(&out, found); err != nil {
		return "", err
	}
	fmt.Fprintf(&out, "\nLoad average %s after the run.\n", load())
	return out.String(), nil
}

// beside measures two processors, and the peer.
func (b *bench) beside(out *strings.Builder, found map[string]figure) error {
	two, err := b.best(measures[0], 2)
	if err != nil {
		return err
	}
	scaling := found["sdmBenchmarkCheckAES"].wall / two.wall
	fmt.Fprintf(out, "| SDM checks a second on two processors ÷ on one | %.2f × | | ≥ 1.8 × | %s |\n", scaling, met(scaling >= 1.8))
	peer, err := epcTDS()
	if err != nil {
		fmt.Fprintf(out, "\nepc-tds was not measured: %v.\n", err)
		return nil
	}
	ours := found["epcBenchmarkSGTIN96"].ns
	fmt.Fprintf(out, "\nepc-tds 1.4.1 in the same run, SGTIN-96 hex to tag URI and bar code: %s; ours takes a %.0fth of it.\n", inWords(peer), peer/ours)
	return nil
}

// bench runs benchmarks.
type bench struct {
	folder, span string
	rounds       int
	built        map[string]string
}

// best is the least of several runs.
func (b *bench) best(m measure, processors int) (figure, error) {
	program, ok := b.built[m.pkg]
	if !ok {
		program = filepath.Join(b.folder, m.pkg+".test")
		build := exec.Command("go", "test", "-c", "-o", program, "./internal/standard/"+m.pkg)
		if text, err := build.CombinedOutput(); err != nil {
			return figure{}, fmt.Errorf("%s: %w\n%s", m.pkg, err, text)
		}
		b.built[m.pkg] = program
	}
	var least figure
	for range b.rounds {
		f, err := b.once(program, m, processors)
		if err != nil {
			return figure{}, err
		}
		if least.ns == 0 || f.ns < least.ns {
			least.ns, least.allocs = f.ns, f.allocs
		}
		if least.wall == 0 || f.wall < least.wall {
			least.wall = f.wall
		}
	}
	return least, nil
}

func (b *bench) once(program string, m measure, processors int) (figure, error) {
	c := exec.Command(program, "-test.run", "^$", "-test.bench", "^"+m.name+"$", "-test.benchtime", b.span,
		"-test.benchmem", "-test.cpu", strconv.Itoa(processors))
	c.Dir = filepath.Join("internal", "standard", m.pkg)
	start := time.Now()
	text, err := c.CombinedOutput()
	if err != nil {
		return figure{}, fmt.Errorf("%s: %w\n%s", m.name, err, text)
	}
	share := float64(c.ProcessState.UserTime()+c.ProcessState.SystemTime()) / float64(time.Since(start)) / float64(processors)
	var sum figure
	n := 0
	for _, hit := range line.FindAllSubmatch(text, -1) {
		ns, err := strconv.ParseFloat(string(hit[2]), 64)
		if err != nil {
			return figure{}, err
		}
		allocs, _ := strconv.Atoi(string(hit[3])) // none told is none
		sum.ns, sum.wall, sum.allocs, n = sum.ns+ns*min(share, 1), sum.wall+ns, max(sum.allocs, allocs), n+1
	}
	if n == 0 {
		return figure{}, fmt.Errorf("%s measured nothing:\n%s", m.name, text)
	}
	return figure{ns: sum.ns / float64(n), wall: sum.wall / float64(n), allocs: sum.allocs}, nil
}

func (m measure) demand() string {
	var parts []string
	if m.most > 0 {
		parts = append(parts, "≤ "+inWords(m.most))
	}
	if m.allocs >= 0 {
		parts = append(parts, fmt.Sprintf("≤ %d allocations", m.allocs))
	}
	return strings.Join(parts, ", ")
}

func (m measure) verdict(f figure) string {
	if m.most == 0 && m.allocs < 0 {
		return ""
	}
	return met((m.most == 0 || f.ns <= m.most) && (m.allocs < 0 || f.allocs <= m.allocs))
}

func met(ok bool) string {
	if ok {
		return "met"
	}
	return "**missed**"
}

func inWords(ns float64) string {
	if ns >= 10_000 {
		return fmt.Sprintf("%.1f µs", ns/1000)
	}
	return fmt.Sprintf("%.0f ns", ns)
}

// epcTDS measures the peer, which bench/run-tags installs.
func epcTDS() (float64, error) {
	c := exec.Command("node", "bench.mjs")
	c.Dir = filepath.Join("bench", "peers", "epc-tds")
	text, err := c.Output()
	if err != nil {
		return 0, err
	}
	return strconv.ParseFloat(strings.TrimSpace(string(text)), 64)
}

func processor() string {
	text, _ := os.ReadFile("/proc/cpuinfo") // elsewhere it is not known
	for _, l := range strings.Split(string(text), "\n") {
		if _, name, ok := strings.Cut(l, ":"); ok && strings.HasPrefix(l, "model name") {
			return strings.TrimSpace(name)
		}
	}
	return "an unknown processor"
}

func load() string {
	text, _ := os.ReadFile("/proc/loadavg")
	first, _, _ := strings.Cut(string(text), " ")
	return first
}

const begin, end = "<!-- tags: written by bench/run-tags -->", "<!-- end of tags -->"

// replace puts the section into a document.
func replace(path, text string) error {
	document, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	before, rest, ok := bytes.Cut(document, []byte(begin))
	_, after, closed := bytes.Cut(rest, []byte(end))
	if !ok || !closed {
		return fmt.Errorf("%s has no section between %q and %q", path, begin, end)
	}
	return os.WriteFile(path, []byte(string(before)+begin+"\n\n"+text+"\n"+end+string(after)), 0o644)
}
