package main

import (
	"bytes"
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shardkeeper/shardkeeper/cmd/shardkeeper/internal/output"
	"github.com/shardkeeper/shardkeeper/internal/trace"
	"github.com/shardkeeper/shardkeeper/scaling"
)

// cloudWatch is a fake that has samples, and notes what it was asked.
type cloudWatch struct {
	samples []scaling.Sample
	asked   []time.Duration // how much, each time
	oldest  time.Time       // that it was asked for
	err     error
	others  []string   // streams beside orders with the same traffic
	mu      sync.Mutex // several streams are asked for at the same time
}

func (c *cloudWatch) Writes(_ context.Context, stream string, period time.Duration, from, to time.Time) (scaling.Traffic, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.asked = append(c.asked, to.Sub(from))
	if c.oldest.IsZero() || from.Before(c.oldest) {
		c.oldest = from
	}
	if stream != "orders" && !slices.Contains(c.others, stream) {
		return scaling.Traffic{Known: true}, nil
	}
	all := scaling.Traffic{Known: true, From: from, To: to}
	if period == time.Minute && from.Before(now.AddDate(0, 0, -15)) {
		return all, errors.New("CloudWatch keeps minutes for 15 days")
	}
	for _, s := range c.samples {
		if s.At.Before(from) || !s.At.Before(to) {
			continue
		}
		if at := s.At.Truncate(period); len(all.Samples) == 0 || all.Samples[len(all.Samples)-1].At.Before(at) {
			all.Samples = append(all.Samples, scaling.Sample{At: at})
		}
		sum, minutes := &all.Samples[len(all.Samples)-1], period.Minutes()
		sum.Records, sum.Bytes, sum.Throttled = sum.Records+s.Records/minutes, sum.Bytes+s.Bytes/minutes, sum.Throttled+s.Throttled/minutes
	}
	return all, c.err
}

func export(t *testing.T, c *cloudWatch, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	account := &fakeAccount{traffic: c}
	if c == nil {
		account.refused = errors.New("no credentials")
	}
	status = run(t.Context(), append([]string{"export"}, args...), environment{
		stdout: &out, stderr: &errs, screen: output.Screen{W: &out}, now: func() time.Time { return now.Add(30 * time.Second) }, open: account.open,
	})
	return status, out.String(), errs.String()
}

// ago is a minute before the last one that is exported.
func ago(minutes int) time.Time { return now.Add(-exportLag - time.Duration(minutes)*time.Minute) }

func TestExportWritesATrace(t *testing.T) {
	c := &cloudWatch{samples: []scaling.Sample{
		{At: ago(3000), IteratorAge: time.Hour}, // no traffic
		{At: ago(1445), Records: 10, Bytes: 5000},
		{At: ago(1444), Records: 10, Bytes: 5000, Throttled: 30},
		{At: ago(1), Records: 20, Bytes: 2000},
		{At: ago(0), Records: 99}, // not complete yet
	}}
	path := filepath.Join(t.TempDir(), "orders.csv")
	status, stdout, stderr := export(t, c, "--stream", "orders", "--days", "3", "--output-file", path)
	if status != statusOK || stdout != "" || !strings.Contains(stderr, "1445 minutes from 2026-11-23T11:52:00Z on; 1442 of them without traffic") {
		t.Fatalf("status %d, %q, %q", status, stdout, stderr)
	}
	if diff := cmp.Diff([]time.Duration{24 * time.Hour, 24 * time.Hour, 24 * time.Hour}, c.asked); diff != "" {
		t.Error(diff)
	}
	got, err := trace.Read(strings.NewReader(readText(t, path)))
	if err != nil {
		t.Fatal(err)
	}
	want := trace.Trace{Start: ago(1445), Minutes: make([]trace.Rate, 1445)}
	want.Minutes[0], want.Minutes[1], want.Minutes[1444] = trace.Rate{Records: 10, Bytes: 5000}, trace.Rate{Records: 40, Bytes: 20000}, trace.Rate{Records: 20, Bytes: 2000}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	_, again, _ := export(t, c, "--stream", "orders", "--days", "3")
	if again != readText(t, path) {
		t.Error("the terminal got something else than the file")
	}
}

// CloudWatch refuses to be asked for minutes that it does not keep any more. It has a few minutes to answer.
func TestExportAsksForNothingThatIsForgotten(t *testing.T) {
	for days, want := range map[string]time.Time{
		"15": now.AddDate(0, 0, -15).Add(3 * time.Minute),
		"14": now.AddDate(0, 0, -14).Add(-exportLag),
	} {
		c := &cloudWatch{samples: []scaling.Sample{{At: ago(5), Records: 1}}}
		if status, _, stderr := export(t, c, "--stream", "orders", "--days", days); status != statusOK || !c.oldest.Equal(want) {
			t.Errorf("--days %s: status %d, %s; asked from %v on, want %v", days, status, stderr, c.oldest, want)
		}
	}
}

func TestWhatCannotBeExported(t *testing.T) {
	good := &cloudWatch{samples: []scaling.Sample{{At: ago(5), Records: 1}}}
	for _, test := range []struct {
		from   *cloudWatch
		args   string
		status int
		says   string
	}{
		{good, "", statusUsage, "--stream"},
		{good, "--stream or/ders", statusUsage, `no stream is named "or/ders"`},
		{good, "--stream orders --days 0", statusUsage, "not between 1 and 60"},
		{good, "--stream orders --days 61", statusUsage, "CloudWatch keeps points of five minutes for no longer"},
		{good, "--stream other", statusFailed, "has no traffic of stream other in 14 days"},
		{&cloudWatch{err: scaling.ErrRefused}, "--stream orders", statusFailed, "export the traffic of stream orders"},
		{nil, "--stream orders", statusFailed, "no credentials"},
	} {
		path := filepath.Join(t.TempDir(), "file.csv")
		status, stdout, stderr := export(t, test.from, append(strings.Fields(test.args), "--output-file", path)...)
		if status != test.status || !strings.Contains(stderr, test.says) || stdout != "" {
			t.Errorf("%s: status %d, %q, %q; want %d, %q", test.args, status, stdout, stderr, test.status, test.says)
		}
		if found, _ := filepath.Glob(filepath.Join(filepath.Dir(path), "*")); len(found) > 0 {
			t.Errorf("%s: %v was written", test.args, found)
		}
	}
}

func TestDemand(t *testing.T) {
	at := func(minute int, records, throttled, bytes float64) scaling.Sample {
		return scaling.Sample{At: now.Add(time.Duration(minute) * time.Minute), Records: records, Throttled: throttled, Bytes: bytes}
	}
	for name, test := range map[string]struct {
		samples []scaling.Sample
		until   int
		want    []trace.Rate
		bare    int
	}{
		"none":                               {nil, 5, nil, 0},
		"silence at the start is left out":   {[]scaling.Sample{at(0, 0, 0, 0), at(2, 1, 0, 1)}, 3, []trace.Rate{{Records: 1, Bytes: 1}}, 0},
		"silence between and after counts":   {[]scaling.Sample{at(0, 1, 0, 1), at(2, 1, 0, 1)}, 4, []trace.Rate{{Records: 1, Bytes: 1}, {}, {Records: 1, Bytes: 1}, {}}, 2},
		"refused ones are as large as taken": {[]scaling.Sample{at(0, 10, 5, 1000)}, 1, []trace.Rate{{Records: 15, Bytes: 1500}}, 0},
		"all refused, as large as before":    {[]scaling.Sample{at(0, 10, 0, 1000), at(1, 0, 4, 0)}, 2, []trace.Rate{{Records: 10, Bytes: 1000}, {Records: 4, Bytes: 400}}, 0},
		"the same minute twice counts once":  {[]scaling.Sample{at(0, 1, 0, 1), at(0, 5, 0, 5)}, 1, []trace.Rate{{Records: 1, Bytes: 1}}, 0},
	} {
		got, bare := demand(test.samples, now.Add(time.Duration(test.until)*time.Minute))
		if diff := cmp.Diff(test.want, got.Minutes); diff != "" || bare != test.bare {
			t.Errorf("%s: %d without traffic, want %d: %s", name, bare, test.bare, diff)
		}
	}
}
