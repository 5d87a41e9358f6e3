package report_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/shardkeeper/shardkeeper/internal/simulate/trial"
)

// rowOf is the text of the row of a way in the page's table of ways.
func rowOf(t *testing.T, text, way string) string {
	t.Helper()
	for _, row := range regexp.MustCompile(`(?s)<tr.*?</tr>`).FindAllString(text, -1) {
		plain := regexp.MustCompile(`(?s)<[^>]*>|\s+`).ReplaceAllString(row, " ")
		if strings.HasPrefix(strings.TrimSpace(plain), way+" ") {
			return plain
		}
	}
	t.Fatalf("the page has no row of %s", way)
	return ""
}

// With a hot key a way refuses in the table what the verdict above it says, and the optimum what no size holds.
func TestTheTableRefusesWhatTheVerdictSays(t *testing.T) {
	r := small()
	r.Compared.OnDemand, r.Compared.PeakRefused, r.Compared.AlwaysRefused = trial.Month{Shards: 1}, 0.048, 0.033
	for i := range r.Tried {
		r.Tried[i].Result.Usage.RefusedShards = 0.2 * r.Tried[i].Result.Usage.SentShards
	}
	text := page(t, r)
	if said := "on-demand refuses 4.8 %, no way much less"; !strings.Contains(text, said) {
		t.Fatalf("the page does not say %q", said)
	}
	for way, want := range map[string]string{"on-demand": " 4.8 % ", "on-demand Advantage": " 4.8 % ", "provisioned at peak, 6 shards": " 4.8 % ", "optimum, knowing the future": " 3.3 % "} {
		if row := rowOf(t, text, way); !strings.Contains(row, want) {
			t.Errorf("%s refuses something else than%sin %q", way, want, row)
		}
	}
}
