package simulate

import "iter"

// coroutine runs invocations, one after another. It stops where its invocation waits, and goes on
// when it is resumed. Only one runs at a time.
type coroutine struct {
	inv    *invocation
	work   work
	result error
	next   func() (ended, open bool)
	yield  func(ended bool) bool
	stop   func()
}

func newCoroutine() *coroutine {
	c := &coroutine{}
	c.next, c.stop = iter.Pull(func(yield func(bool) bool) {
		c.yield = yield
		for open := true; open; open = yield(true) {
			c.result = c.work(virtual{c.inv}, c.inv)
		}
	})
	return c
}

// resume runs the invocation until it waits or ends, and reports whether it ended.
func (c *coroutine) resume() bool {
	ended, _ := c.next()
	return ended
}

// pause lets others run until the next resume. It reports false when there will be none.
func (c *coroutine) pause() bool { return c.yield(false) }

// coroutine returns one that is free, or a new one.
func (w *World) coroutine() *coroutine {
	last := len(w.idle) - 1
	if last < 0 {
		c := newCoroutine()
		w.coroutines = append(w.coroutines, c)
		return c
	}
	c := w.idle[last]
	w.idle = w.idle[:last]
	return c
}
