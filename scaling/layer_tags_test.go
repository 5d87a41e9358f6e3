package scaling_test

import (
	"maps"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/shardkeeper/shardkeeper/scaling"
)

// The tags of a layer are read back as the layer; without a mode they enroll the stream.
func TestLayerTags(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		layer := scaling.Layer(rapid.MapOf(rapid.SampledFrom(scaling.SettingNames()), rapid.String()).Draw(t, "layer"))
		want := scaling.Layer{"mode": string(scaling.ModeEnabled)}
		maps.Copy(want, layer)
		if diff := cmp.Diff(want, scaling.TagLayer(layer.Tags())); diff != "" {
			t.Errorf("tags are read back otherwise (-want +got):\n%s", diff)
		}
	})
}

func TestLayerPairs(t *testing.T) {
	if diff := cmp.Diff([]string{"max-shards=64", "policy=double-halve"}, scaling.Layer{"policy": "double-halve", "max-shards": "64"}.Pairs()); diff != "" {
		t.Error(diff)
	}
}
