package repo_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/telemetry"
	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/report"
)

// The dashboard's tables are made of lines of level info, so a stack that writes fewer has empty tables. Who sets the level, and
// who reads the tables, is told.
func TestALevelThatEmptiesTheTablesIsTold(t *testing.T) {
	hold := report.Invocation{Heartbeat: true, Reports: []report.Report{{Event: report.Hold, Stream: "orders", Reasons: scaling.Trail{{Code: scaling.HoldAtMaxShards}}}}}
	for level, want := range map[slog.Level]bool{slog.LevelInfo: true, slog.LevelWarn: false} {
		var lines bytes.Buffer
		telemetry.New("scaler", &lines, level, time.Now).Record(t.Context(), hold)
		if got := strings.Contains(lines.String(), `"event":"hold"`); got != want {
			t.Errorf("at level %s a hold is written: %t", level, got)
		}
	}
	parameter := fmt.Sprint(template(t).at(t, "Parameters", "LogLevel")["Description"])
	if !strings.Contains(parameter, "the dashboard's tables need info") {
		t.Errorf("the parameter LogLevel does not say what the dashboard's tables need: %s", parameter)
	}
	if look := sections(document(t, "docs/runbook.md"), "##")["How to look"]; !strings.Contains(look, "`LogLevel`") {
		t.Error("docs/runbook.md does not say of which LogLevel the dashboard's tables are")
	}
}
