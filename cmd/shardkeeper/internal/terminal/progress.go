package terminal

import (
	"io"
	"sync"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
)

// Patience is how long something may take before it has a bar.
const Patience = time.Second

// Progress shows how far something is, once it takes longer than its patience: how much is done, or
// only that it goes on while nothing is counted yet. A nil Progress shows nothing.
type Progress struct {
	out         io.Writer
	title, unit string

	mu         sync.Mutex
	timer      *time.Timer
	done, most int
	bars       *mpb.Progress
	bar        *mpb.Bar
	counts     counts // what the bar shows
	ended      bool
}

// counts is how much of a count is known.
type counts int

const (
	uncounted counts = iota
	counted
	countedOfMost
)

// NewProgress returns a bar on a terminal. The title says what goes on, the unit what is counted; empty
// where nothing ever is. It must be ended with Done.
func NewProgress(out io.Writer, patience time.Duration, title, unit string) *Progress {
	p := &Progress{out: out, title: title, unit: unit}
	p.timer = time.AfterFunc(patience, p.overdue)
	return p
}

// overdue shows the bar, since its patience is over.
func (p *Progress) overdue() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.ended {
		p.start()
	}
}

// Set says that so many are done, of at most so many; most is 0 where nobody knows.
func (p *Progress) Set(done, most int) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done, p.most = done, most
	switch {
	case p.ended || p.bar == nil:
	case p.known() != p.counts:
		p.stop()
		p.start()
	default:
		p.show()
	}
}

func (p *Progress) known() counts {
	switch {
	case p.most > 0:
		return countedOfMost
	case p.done > 0:
		return counted
	}
	return uncounted
}

func (p *Progress) start() {
	p.bars = mpb.New(mpb.WithOutput(p.out), mpb.WithWidth(40), mpb.WithAutoRefresh())
	title := mpb.PrependDecorators(decor.Name(p.title + " "))
	switch p.counts = p.known(); p.counts {
	case uncounted:
		p.bar = p.bars.New(0, mpb.SpinnerStyle(), mpb.BarRemoveOnComplete(), title, mpb.AppendDecorators(decor.Elapsed(decor.ET_STYLE_MMSS)))
	case counted:
		p.bar = p.bars.New(0, mpb.SpinnerStyle(), mpb.BarRemoveOnComplete(), title, mpb.AppendDecorators(decor.CurrentNoUnit("%d "+p.unit)))
	case countedOfMost:
		p.bar = p.bars.New(0, mpb.BarStyle().Lbound("").Rbound("").Filler("━").Tip("━").Padding("─"), mpb.BarRemoveOnComplete(), title,
			mpb.AppendDecorators(decor.CountersNoUnit("%d of %d "+p.unit+" "), decor.OnComplete(decor.AverageETA(decor.ET_STYLE_MMSS), "")))
	}
	p.show()
}

func (p *Progress) show() {
	p.bar.SetTotal(int64(p.most), false)
	p.bar.SetCurrent(int64(p.done))
}

func (p *Progress) stop() {
	p.bar.SetTotal(-1, true)
	p.bars.Wait()
}

// Done takes the bar away, for good.
func (p *Progress) Done() {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ended {
		return
	}
	p.ended = true
	p.timer.Stop()
	if p.bar != nil {
		p.stop()
	}
}
