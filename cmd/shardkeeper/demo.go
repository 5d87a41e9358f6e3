package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/shardkeeper/shardkeeper/internal/simulate/demo"
)

type demoCommand struct {
	Output string `default:"text" enum:"text,json" help:"${enum}; json prints one object a line."`
	Seed   uint64 `default:"1" help:"Of the traffic's noise and crowd. The same seed prints the same."`
}

// errDemo means that something in the demo did not happen as it should.
var errDemo = errors.New("the demo did not go as it should; see its checks")

// printer shows the demo as it goes, and what it came to.
type printer interface {
	row(r demo.Row) error
	result(r demo.Result) error
}

// Run plays the demo. It fails when something did not happen that the demo is to show.
func (c demoCommand) Run(ctx context.Context, at surroundings) error {
	var p printer = jsonDemo{at.stdout}
	if c.Output == "text" {
		text, err := newTextDemo(at.stdout, c.Seed)
		if err != nil {
			return err
		}
		p = text
	}
	var broken error
	result, err := demo.Run(ctx, c.Seed, func(r demo.Row) {
		if broken == nil {
			broken = p.row(r)
		}
	})
	if err = errors.Join(err, broken); err != nil {
		return fmt.Errorf("play the demo: %w", err)
	}
	if err := p.result(result); err != nil {
		return err
	}
	if !result.OK() {
		return errDemo
	}
	return nil
}
