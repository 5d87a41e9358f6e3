package registry

import (
	"testing"

	"github.com/shardkeeper/shardkeeper/scaling"
)

// What an item of an older version lacks is read so that an upgrade changes nothing at once.
func TestWhatAnOlderItemLacks(t *testing.T) {
	a := encodeStream(fullStream())
	delete(a, attrUsableShare)
	layer := a.within(attrSettings)
	delete(layer, "nominal-thresholds")
	a.setMap(attrSettings, layer)
	s := decodeStream("orders", a)
	if got := s.Usable.At(40); got != 1 {
		t.Errorf("it can use %v, want all", got)
	}
	if got := s.Settings.NominalThresholds; got != scaling.NominalNone {
		t.Errorf("nominal thresholds %q, want none", got)
	}
}
