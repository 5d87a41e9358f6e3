package main

import (
	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
)

// progress is a bar on the terminal. Without one, as in a pipe, it is nil and shows nothing.
type progress struct {
	bars *mpb.Progress
	bar  *mpb.Bar
}

// progress starts a bar on stderr, if that is a terminal. The title says what goes on.
func (at surroundings) progress(title, unit string) *progress {
	if !at.terminal {
		return nil
	}
	bars := mpb.New(mpb.WithOutput(at.stderr), mpb.WithWidth(40), mpb.WithAutoRefresh())
	bar := bars.New(0, mpb.BarStyle().Lbound("").Rbound("").Filler("━").Tip("━").Padding("─"),
		mpb.BarRemoveOnComplete(),
		mpb.PrependDecorators(decor.Name(title+" ")),
		mpb.AppendDecorators(decor.CountersNoUnit("%d of %d "+unit+" "), decor.OnComplete(decor.AverageETA(decor.ET_STYLE_MMSS), "")))
	return &progress{bars: bars, bar: bar}
}

// set says how far it is.
func (p *progress) set(done, most int) {
	if p != nil {
		p.bar.SetTotal(int64(most), false)
		p.bar.SetCurrent(int64(done))
	}
}

// done takes the bar away.
func (p *progress) done() {
	if p != nil {
		p.bar.SetTotal(-1, true)
		p.bars.Wait()
	}
}
