package scaling

// AlarmWant is what a stream's two alarms are to be made for.
type AlarmWant struct {
	Stream     string
	OpenShards int
	Settings   Settings
}
