package page_test

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/page"
)

var monday = time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC)

// small is a page of an hour that has something of everything.
func small() page.Page {
	return page.Page{
		Title: "orders", Kind: "simulation", Verdict: page.Verdict{Sentence: "Autoscale.", Because: []string{"It is cheaper."}},
		Facts: []page.Fact{{Name: "Traffic", Value: "an hour", Note: "on Monday"}}, About: []string{"An hour."}, Start: monday, Step: 20 * time.Minute,
		Traffic: []float64{1.23456, 3, 6}, Columns: []string{"refused", "up"},
		Ways:     []page.Way{{Name: "scaled", Run: 1, Best: true, Cost: 20, Rest: 5, Price: "$20.00", Cells: []string{"0 %", "2"}}, {Name: "on-demand", Cost: 80, Price: "$80.00", Cells: []string{"", ""}}},
		WaysNote: "A month.", Footer: "Made by hand.",
		Runs: []page.Run{{
			Name: "scaled", Summary: "It went well.", Notes: []string{"Tags: none"}, Faults: []string{"a fault"}, Open: []int{2, 4, 4}, Refused: []float64{0, 0.25, 0}, Left: 3,
			Decisions: []page.Decision{
				{At: monday.Add(20 * time.Minute), Kind: page.Up, From: 2, To: 4, Utilization: 0.91234, Who: "alarm", Reasons: []page.Reason{{Code: "doubled", Detail: "at once"}}},
				{At: monday.Add(30 * time.Minute), Until: monday.Add(40 * time.Minute), Times: 3, Kind: page.Held, From: 4, To: 4},
			},
		}},
	}
}

func written(t *testing.T, p page.Page) string {
	t.Helper()
	var b bytes.Buffer
	if err := page.Write(&b, p); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// drawn reads what the script of a page draws.
func drawn(t *testing.T, html string) map[string]any {
	t.Helper()
	found := regexp.MustCompile(`<div id="data" hidden>([^<]*)</div>`).FindStringSubmatch(html)
	if found == nil {
		t.Fatal("the page has no data")
	}
	packed, err := base64.StdEncoding.DecodeString(found[1])
	if err != nil {
		t.Fatal(err)
	}
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	var data map[string]any
	if err := json.NewDecoder(r).Decode(&data); err != nil {
		t.Fatal(err)
	}
	return data
}

func TestTheDataIsWhatWasGiven(t *testing.T) {
	data := drawn(t, written(t, small()))
	run := data["runs"].([]any)[0].(map[string]any) //nolint:forcetypeassert // a test may panic
	for what, pair := range map[string][2]any{
		"start":   {data["start"], float64(monday.UnixMilli())},
		"step":    {data["step"], 20.0},
		"traffic": {data["traffic"], []any{1.23, 3.0, 6.0}},
		"open":    {run["open"], []any{[]any{0.0, 2.0}, []any{1.0, 4.0}}},
		"refused": {run["refused"], []any{[]any{0.0, 0.0}, []any{1.0, 0.25}, []any{1.0, 0.0}}},
		"left":    {run["left"], 3.0},
		"decisions": {run["decisions"], []any{
			map[string]any{"at": 20.0, "kind": "up", "from": 2.0, "to": 4.0, "used": 0.912, "who": "alarm", "why": []any{[]any{"doubled", "at once"}}},
			map[string]any{"at": 30.0, "until": 40.0, "times": 3.0, "kind": "held", "from": 4.0, "to": 4.0, "why": []any{}},
		}},
	} {
		if fmt.Sprint(pair[0]) != fmt.Sprint(pair[1]) {
			t.Errorf("%s is %v, want %v", what, pair[0], pair[1])
		}
	}
}

// The page loads nothing, and its policy forbids it: what is allowed is the one style and the one
// script that are there.
func TestThePageNeedsNothingElse(t *testing.T) {
	text := written(t, small())
	within := func(tag string) string {
		part := text[strings.Index(text, "<"+tag+">")+len(tag)+2:]
		sum := sha256.Sum256([]byte(part[:strings.Index(part, "</"+tag+">")]))
		return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
	}
	want := "default-src 'none'; style-src " + within("style") + "; script-src " + within("script") + "; base-uri 'none'; form-action 'none'"
	policy := regexp.MustCompile(`http-equiv="Content-Security-Policy" content="([^"]*)"`).FindStringSubmatch(text)
	if got := strings.NewReplacer("&#39;", "'", "&#43;", "+").Replace(policy[1]); got != want {
		t.Errorf("the policy is %q, want %q", got, want)
	}
	if n := strings.Count(text, "<script"); n != 1 {
		t.Errorf("%d scripts", n)
	}
	outside := strings.ReplaceAll(text, "http://www.w3.org/2000/svg", "") // the name of a language, not a place to load from
	if found := regexp.MustCompile(`(?i)<link|<img|<iframe|<object|\ssrc=|\sstyle="|\son[a-z]+="|url\(|@import|https?:|innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|fetch\(|import\(`).FindAllString(outside, -1); found != nil {
		t.Errorf("the page has %q", found)
	}
	for _, link := range regexp.MustCompile(`href="([^"]*)"`).FindAllStringSubmatch(text, -1) {
		if id := strings.TrimPrefix(link[1], "#"); id == link[1] || !strings.Contains(text, `id="`+id+`"`) {
			t.Errorf("a link to %q leads nowhere", link[1])
		}
	}
}

func TestTheVerdictStandsFirst(t *testing.T) {
	text := written(t, small())
	if at := strings.Index(text, "Autoscale."); at < 0 || at > strings.Index(text, "Traffic</dt>") || at > strings.Index(text, "$20.00") {
		t.Error("the verdict is not above the figures")
	}
	none := small()
	none.Verdict = page.Verdict{}
	if strings.Contains(written(t, none), "Verdict</h2>") {
		t.Error("a page without a verdict has a heading for it")
	}
}

// hostilePage has a text in each place that takes one.
func hostilePage(text string) page.Page {
	p := small()
	p.Title, p.Kind, p.WaysNote, p.Footer = text, text, text, text
	p.Verdict = page.Verdict{Sentence: text, Because: []string{text}}
	p.Facts, p.About, p.Columns = []page.Fact{{Name: text, Value: text, Note: text}}, []string{text}, []string{text, text}
	p.Ways[0].Name, p.Ways[0].Price, p.Ways[0].Cells = text, text, []string{text, text}
	r := &p.Runs[0]
	r.Name, r.Summary, r.Notes, r.Faults = text, text, []string{text}, []string{text}
	r.Decisions[0].Who, r.Decisions[0].Reasons = text, []page.Reason{{Code: text, Detail: text}}
	return p
}

func TestTextIsText(t *testing.T) {
	for _, hostile := range []string{`<script>alert("1")</script>'&`, `</div></script></style><img onerror=alert(1)>`, "\x00\xff\u2028"} {
		text := written(t, hostilePage(hostile))
		if strings.Count(text, "<script") != 1 || strings.Count(text, "</script") != 1 || strings.Contains(text, "<img") {
			t.Errorf("%q became a part of the page", hostile)
		}
		if want := strings.ToValidUTF8(hostile, "\uFFFD"); strings.Count(fmt.Sprint(drawn(t, text)["runs"]), want) != 4 {
			t.Errorf("%q is not what is drawn for the run's name, who asked, and the reason", hostile)
		}
	}
}

func TestWhatIsNoNumberIsNoFault(t *testing.T) {
	for name, p := range map[string]page.Page{
		"nothing": {},
		"odd": {
			Start: monday, Step: time.Minute, Traffic: []float64{math.NaN(), math.Inf(1), -1}, Ways: []page.Way{{Cost: math.NaN(), Rest: math.Inf(1)}},
			Runs: []page.Run{{Open: []int{1}, Refused: []float64{math.NaN()}, Decisions: []page.Decision{{Utilization: math.Inf(-1)}}}},
		},
	} {
		if text := written(t, p); regexp.MustCompile(`="(NaN|[+-]?Inf)%?"`).MatchString(text) {
			t.Errorf("%s: the page has what is no number", name)
		}
	}
}

// A cell too many is an error of the caller, and no panic.
func TestACellWithoutAColumnIsAnError(t *testing.T) {
	p := small()
	p.Ways[0].Cells = append(p.Ways[0].Cells, "one more")
	if err := page.Write(&bytes.Buffer{}, p); err == nil {
		t.Error("the page was written")
	}
}

// The most steps and rows that a page should have, four runs of them, stay below 1.5 MB.
func TestALongTimeStaysSmall(t *testing.T) {
	p := small()
	p.Traffic, p.Runs = nil, nil
	for i := range page.MostSteps {
		p.Traffic = append(p.Traffic, 20*(1.1+math.Sin(float64(i)/229)+0.3*math.Sin(float64(i)*7)))
	}
	for n := range 4 {
		r := page.Run{Name: fmt.Sprint("run ", n)}
		for i := range page.MostSteps {
			r.Open = append(r.Open, 10+int(20*math.Abs(math.Sin(float64(i/30+n)))))
			r.Refused = append(r.Refused, max(0, math.Sin(float64(i)*float64(7+n))-0.9))
		}
		for i := range page.MostRows / 4 {
			r.Decisions = append(r.Decisions, page.Decision{
				At: monday.Add(time.Duration(i) * 37 * time.Minute), Kind: page.Up, From: i % 50, To: i%50 + 7, Utilization: float64(i%97) / 100,
				Reasons: []page.Reason{{Code: "utilization_measured", Detail: fmt.Sprintf("0.%d of records", i%97)}, {Code: "sized_to_forecast", Detail: fmt.Sprintf("load %d.%d, forecast %d.%d within a day", i%91, i%10, i%83, i%7)}},
			})
		}
		p.Runs = append(p.Runs, r)
	}
	if size := float64(len(written(t, p))) / 1e6; size > 1.5 {
		t.Errorf("%.2f MB", size)
	}
}

// A bar is as long as its way's cost beside the largest one; what is for shards is the darker part of it.
func TestTheBarsAreTheCosts(t *testing.T) {
	p := small() // $20, of which $5 are not for shards, beside $80
	p.Ways = append(p.Ways, page.Way{Name: "free", Cells: []string{"", ""}}, page.Way{Name: "no shards", Cost: 4, Rest: 8, Cells: []string{"", ""}})
	var widths []string
	for _, found := range regexp.MustCompile(`<rect class="(whole|part)" width="([^"]*)"`).FindAllStringSubmatch(written(t, p), -1) {
		widths = append(widths, found[1]+" "+found[2])
	}
	want := []string{"whole 25.00%", "part 18.75%", "whole 100.00%", "part 100.00%", "whole 0%", "part 0%", "whole 5.00%", "part 0%"}
	if !slices.Equal(widths, want) {
		t.Errorf("%v, want %v", widths, want)
	}
}
