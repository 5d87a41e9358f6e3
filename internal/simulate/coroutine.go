package simulate

import "iter"

// coroutine runs one invocation after another. It stops where its invocation waits, and goes on when it is
// resumed. Only one runs at a time.
type coroutine struct {
	invocation *invocation
	result     error
	next       func() (ended, open bool)
	yield      func(ended bool) bool
	stop       func()
}

func newCoroutine() *coroutine {
	c := &coroutine{}
	c.next, c.stop = iter.Pull(func(yield func(bool) bool) {
		c.yield = yield
		for open := true; open; open = yield(true) {
			c.result = c.invocation.work()
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

// coroutines are all that a world has ever needed at once.
type coroutines struct {
	all, idle []*coroutine
}

// take returns one that is free, or a new one.
func (p *coroutines) take() *coroutine {
	last := len(p.idle) - 1
	if last < 0 {
		c := newCoroutine()
		p.all = append(p.all, c)
		return c
	}
	c := p.idle[last]
	p.idle = p.idle[:last]
	return c
}

// free takes back one whose invocation has ended.
func (p *coroutines) free(c *coroutine) { p.idle = append(p.idle, c) }

// stop ends them all, also those that wait.
func (p *coroutines) stop() {
	for _, c := range p.all {
		c.stop()
	}
}
