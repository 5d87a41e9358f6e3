package simulate

// env is what every service of the model knows of the world around it.
type env struct {
	clock   clock
	numbers Numbers
	hooks   Hooks
	minute  int // the next one
}
