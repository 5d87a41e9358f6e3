package profile

// Hottest returns what part of the demand the fullest shard gets.
func (s *Shards) Hottest() float64 { return s.falling[0] }
