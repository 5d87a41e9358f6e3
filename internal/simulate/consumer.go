package simulate

import (
	"fmt"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
)

// Consumer is a Lambda function that reads a stream. The zero value: nobody reads.
type Consumer struct {
	Polls    bool     // somebody reads with GetRecords: the stream has an iterator age
	FanOut   []string // names of consumers with enhanced fan-out, which are as far behind
	Function string   // name of the function whose reserved concurrency limits the reading
	// RecordsPerSecond is what one concurrent invocation handles; 0: it always keeps up.
	RecordsPerSecond float64
}

// backlog is what the consumer has not read yet, oldest first.
type backlog struct {
	batches []batch
}

type batch struct {
	minute  int
	records float64
}

func (b *backlog) read(records float64) {
	done := 0
	for done < len(b.batches) && b.batches[done].records <= records {
		records -= b.batches[done].records
		done++
	}
	b.batches = append(b.batches[:0], b.batches[done:]...)
	if len(b.batches) > 0 {
		b.batches[0].records -= records
	}
}

func (b *backlog) age(minute int) time.Duration {
	if len(b.batches) == 0 {
		return 0
	}
	return time.Duration(minute-b.batches[0].minute) * time.Minute
}

// lambda holds the consumers' functions and their reserved concurrency.
type lambda struct {
	concurrency int // of the account
	functions   map[string]*reservation
}

type reservation struct {
	concurrency int
	set         bool
}

func (l *lambda) find(function string) (*reservation, error) {
	r, found := l.functions[function]
	if !found {
		return nil, fmt.Errorf("function %s: %w", function, scaling.ErrStreamNotFound)
	}
	return r, nil
}

// add makes a function, unless it is there.
func (l *lambda) add(function string) {
	if _, found := l.functions[function]; !found && function != "" {
		l.functions[function] = &reservation{}
	}
}

func (l *lambda) unreserved() int {
	left := l.concurrency
	for _, r := range l.functions {
		left -= r.concurrency
	}
	return left
}

// reserve is PutFunctionConcurrency, which leaves the account 100 unreserved (Lambda developer
// guide, "Configuring reserved concurrency", read 2026-11).
func (l *lambda) reserve(function string, concurrency int) error {
	r, err := l.find(function)
	if err != nil {
		return err
	}
	if l.unreserved()+r.concurrency-concurrency < scaling.UnreservedConcurrency {
		return fmt.Errorf("PutFunctionConcurrency of %s to %d: %w", function, concurrency, scaling.UnreservedError{Least: scaling.UnreservedConcurrency})
	}
	*r = reservation{concurrency, true}
	return nil
}
