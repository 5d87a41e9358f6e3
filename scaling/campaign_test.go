package scaling_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shardkeeper/shardkeeper/scaling"
)

func TestCampaign(t *testing.T) {
	ago := func(minutes, shards int) scaling.Stage {
		return scaling.Stage{At: noon().Add(-time.Duration(minutes) * time.Minute), Shards: shards}
	}
	for _, c := range []struct {
		open, shards int
		want         []scaling.Stage
	}{
		{8, 64, []scaling.Stage{ago(30, 16), ago(20, 32), ago(10, 64)}},
		{4, 12, []scaling.Stage{ago(20, 8), ago(10, 12)}},
		{4, 5, []scaling.Stage{ago(10, 5)}},
		{4, 4, nil},
		{8, 4, nil},
		{0, 4, nil},
	} {
		if diff := cmp.Diff(c.want, scaling.Campaign(c.open, c.shards, noon(), 10*time.Minute)); diff != "" {
			t.Errorf("%d to %d (-want +got):\n%s", c.open, c.shards, diff)
		}
	}
}
