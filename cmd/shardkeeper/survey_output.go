package main

import (
	"fmt"
	"io"
	"time"

	"github.com/shardkeeper/shardkeeper/cmd/shardkeeper/internal/output"
	"github.com/shardkeeper/shardkeeper/internal/simulate"
	"github.com/shardkeeper/shardkeeper/internal/simulate/trial"
)

// print writes a survey: for people the streams that are not enrolled, then those that are, then the sums.
func (c *surveyCommand) print(at environment, rows []surveyLine, prices simulate.Prices) error {
	several := c.several()
	if c.format != output.Table {
		return writeAll(at, c.format, nil, func(surveyLine) []string { return nil }, as[surveyLine], rows)
	}
	var open, enrolled []surveyLine
	saves, saved, soFar := 0.0, 0.0, 0.0
	for _, r := range rows {
		if saves, saved, soFar = saves+max(r.Saves, 0), saved+r.Saved, soFar+r.SoFar; r.Enrolled {
			enrolled = append(enrolled, r)
		} else {
			open = append(open, r)
		}
	}
	for _, part := range []struct {
		title string
		rows  []surveyLine
		now   string
	}{{"Not enrolled, USD a month:\n\n", open, "now"}, {"Enrolled, USD a month:\n\n", enrolled, "as it is"}} {
		if len(part.rows) == 0 {
			continue
		}
		if _, err := io.WriteString(at.screen.W, part.title); err != nil {
			return err
		}
		cells := func(r surveyLine) []string { return surveyCells(r, several) }
		if err := writeAll(at, c.format, surveyColumns(part.now, part.rows[0].Enrolled, several), cells, as[surveyLine], part.rows); err != nil {
			return err
		}
		if _, err := io.WriteString(at.screen.W, "\n"); err != nil {
			return err
		}
	}
	if len(rows) == 0 {
		return nil
	}
	text := fmt.Sprintf("Together: %s would be saved; those that are enrolled save %s, against a fixed size for their highest minute, and have saved %s so far. "+
		"Keys are taken to fall as usual. A month has %d hours like those of the last %s; writes are in, reads are not. Prices of %s.\n", trial.Dollars(saves), trial.Dollars(saved), trial.Dollars(soFar), trial.HoursOfMonth, trial.Counted(c.days, "day"), prices.As)
	text += advantageText(rows, prices)
	if c.days > minuteDays {
		_, to := window(at.now(), c.days)
		text += "Of the traffic, " + coarse(to) + ".\n"
	}
	_, err := io.WriteString(at.screen.W, output.Wrapped(text, at.screen.Width))
	return err
}

func surveyColumns(now string, enrolled, several bool) []output.Column {
	number := func(title string) output.Column { return output.Column{Title: title, Right: true} }
	columns := []output.Column{{Title: "stream", Min: 16}}
	if several {
		columns = append(columns, spotColumn())
	}
	columns = append(columns, number("shards"), number("mean"), number("highest"), number(now))
	if enrolled {
		return append(columns, number("fixed size"), number("saves"), output.Column{Title: "since"}, number("so far"))
	}
	return append(columns, number("best"), number("saves"), output.Column{Title: "the best is", Min: 12, Below: true})
}

func surveyCells(r surveyLine, several bool) []string {
	cells := []string{r.Stream}
	if several {
		cells = append(cells, spotOf(r.Profile, r.Region))
	}
	shards, mean, highest := fmt.Sprint(r.Open), percent(r.Mean), percent(r.Full)
	if r.onDemand() {
		shards, mean, highest = "on-demand", "-", "-"
	}
	cells = append(cells, shards, mean, highest, trial.Dollars(r.Now))
	if r.Enrolled {
		since := "-"
		if r.Since != nil {
			since = r.Since.Format(time.DateOnly)
		}
		return append(cells, trial.Dollars(r.Fixed), trial.Dollars(r.Saved), since, trial.Dollars(r.SoFar))
	}
	return append(cells, trial.Dollars(r.BestCost), trial.Dollars(r.Saves), r.Best)
}

// advantageText compares what all streams cost with what they would on on-demand Advantage, which is chosen for a whole account
// in a Region, and bills a minimum once for all of its streams.
func advantageText(rows []surveyLine, prices simulate.Prices) string {
	now, used := 0.0, map[string]float64{}
	for _, r := range rows {
		now += r.Now
		used[spotOf(r.Profile, r.Region)] += r.AdvantageUse
	}
	_, least := prices.Advantage(simulate.Usage{Minutes: trial.HoursOfMonth * 60})
	together := 0.0
	for _, use := range used {
		together += max(use, least)
	}
	return fmt.Sprintf("All of them cost %s a month. With all of them on on-demand Advantage, which bills an account in a Region %g MiB a second at least, it would be %s.\n",
		trial.Dollars(now), prices.AdvantageMinimum, trial.Dollars(together))
}
