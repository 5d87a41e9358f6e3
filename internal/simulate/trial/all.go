package trial

import (
	"context"
	"errors"
	"runtime"
	"sync"
)

// All plays trials side by side, on all cores, and returns their results in order. Each is told to
// done, which may be nil, when it is over; done is called by one at a time. The first error in
// the order of the specs is returned, and ends the rest.
func All(ctx context.Context, specs []Spec, done func()) ([]Result, error) {
	results := make([]Result, len(specs))
	err := sideBySide(ctx, len(specs), done, func(ctx context.Context, i int) (err error) {
		results[i], err = Run(ctx, specs[i])
		return err
	})
	return results, err
}

// sideBySide does a number of things on all cores, and tells each to done, which may be nil, when it went
// well. The first error in their order is returned, and ends the rest.
func sideBySide(ctx context.Context, count int, done func(), do func(ctx context.Context, i int) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	errs := make([]error, count)
	next := make(chan int)
	var workers sync.WaitGroup
	var telling sync.Mutex
	for range min(count, runtime.GOMAXPROCS(0)) {
		workers.Go(func() {
			for i := range next {
				switch errs[i] = do(ctx, i); {
				case errs[i] != nil:
					cancel()
				case done != nil:
					telling.Lock()
					done()
					telling.Unlock()
				}
			}
		})
	}
	for i := range count {
		next <- i
	}
	close(next)
	workers.Wait()
	return first(errs)
}

// first returns the first error that is not only the others' end.
func first(errs []error) error {
	var ended error
	for _, err := range errs {
		switch {
		case err == nil:
		case errors.Is(err, context.Canceled):
			ended = err
		default:
			return err
		}
	}
	return ended
}
