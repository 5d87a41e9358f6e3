package cloudwatch_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"github.com/shardkeeper/shardkeeper/internal/aws/cloudwatch"
	"github.com/shardkeeper/shardkeeper/scaling"
)

func TestDescriptionKeepsWhatPeopleWrote(t *testing.T) {
	old, ours := cloudwatch.Description(wantOf(4), scaling.Up, table), cloudwatch.Description(wantOf(8), scaling.Up, table)
	long := strings.Repeat("x", 1024-len(old))
	tests := []struct{ name, had, want string }{
		{"none", "", ours},
		{"blank", " \n", ours},
		{"ours", old, ours},
		{"somebody's own", "Page the orders team.", "Page the orders team."},
		{"around ours", "Team: orders. " + old + " Runbook: https://example.com", "Team: orders. " + ours + " Runbook: https://example.com"},
		{"ours without its end", strings.TrimSuffix(old, "."), strings.TrimSuffix(old, ".")},
		{"no room for one character more", long + old, long + ours},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := after(t, wantOf(4))
			f.edit(up, func(a *types.MetricAlarm) { a.AlarmDescription = aws.String(tt.had) })
			for range 2 { // and it stays so
				if err := f.client().Update(t.Context(), wantOf(8)); err != nil {
					t.Fatal(err)
				}
				if got := *f.alarms[up].AlarmDescription; got != tt.want {
					t.Errorf("description = %q, want %q", got, tt.want)
				}
			}
			if len(tt.want) > 1024 {
				t.Errorf("%d characters", len(tt.want))
			}
		})
	}
	t.Run("too long with ours", func(t *testing.T) {
		had := strings.Repeat("x", 1024-len(old)) + old
		f := after(t, wantOf(4))
		f.edit(up, func(a *types.MetricAlarm) { a.AlarmDescription = aws.String(had) })
		if err := f.client().Update(t.Context(), wantOf(10_000)); err != nil {
			t.Fatal(err)
		}
		if got := *f.alarms[up].AlarmDescription; got != had {
			t.Errorf("description = %q, want it as it was", got)
		}
	})
}
