package terminal

import (
	"io"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
)

// Patience is how long something may take before it has a bar.
const Patience = time.Second

// Progress shows how far something is, once it takes longer than its patience. A nil Progress shows
// nothing.
type Progress struct {
	out         io.Writer
	now         func() time.Time
	since       time.Time
	title, unit string
	patience    time.Duration
	bars        *mpb.Progress
	bar         *mpb.Bar
	ended       bool
}

// NewProgress returns a bar on a terminal. The title says what goes on, the unit what is counted.
func NewProgress(out io.Writer, now func() time.Time, patience time.Duration, title, unit string) *Progress {
	return &Progress{out: out, now: now, since: now(), title: title, unit: unit, patience: patience}
}

// Set says that so many are done, of at most so many; most is 0 where nobody knows. It is not safe
// to be called by several at a time.
func (p *Progress) Set(done, most int) {
	if p == nil || p.ended || p.bar == nil && p.now().Sub(p.since) < p.patience {
		return
	}
	if p.bar == nil {
		p.start(most)
	}
	p.bar.SetTotal(int64(most), false)
	p.bar.SetCurrent(int64(done))
}

func (p *Progress) start(most int) {
	p.bars = mpb.New(mpb.WithOutput(p.out), mpb.WithWidth(40), mpb.WithAutoRefresh())
	title := mpb.PrependDecorators(decor.Name(p.title + " "))
	if most == 0 {
		p.bar = p.bars.New(0, mpb.SpinnerStyle(), mpb.BarRemoveOnComplete(), title,
			mpb.AppendDecorators(decor.CurrentNoUnit("%d "+p.unit)))
		return
	}
	p.bar = p.bars.New(0, mpb.BarStyle().Lbound("").Rbound("").Filler("━").Tip("━").Padding("─"), mpb.BarRemoveOnComplete(), title,
		mpb.AppendDecorators(decor.CountersNoUnit("%d of %d "+p.unit+" "), decor.OnComplete(decor.AverageETA(decor.ET_STYLE_MMSS), "")))
}

// Done takes the bar away, for good.
func (p *Progress) Done() {
	if p == nil || p.ended {
		return
	}
	p.ended = true
	if p.bar != nil {
		p.bar.SetTotal(-1, true)
		p.bars.Wait()
	}
}
