package scaling

// AlarmWant is what a stream's two alarms are to be made for.
type AlarmWant struct {
	Stream     string
	OpenShards int
	Settings   Settings
	HotKey     bool    // refusals are no reason to grow: a hot key is suspected
	Usable     float64 // share of the nominal capacity that the stream can use; 0: all
}
