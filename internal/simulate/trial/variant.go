package trial

import (
	"fmt"
	"maps"
	"strings"

	"github.com/shardkeeper/shardkeeper/scaling"
)

// Variant is a name for settings that are to be tried.
type Variant struct {
	Name     string
	Settings scaling.Layer
}

// ParseVariant reads a variant from a line: a name, a colon, and settings separated by spaces.
//
//	cautious: policy=target-tracking scale-up-reserve=5
//
// Its settings are put on top of the base's. Settings that cannot be used are an error.
func ParseVariant(line string, base scaling.Layer) (Variant, error) {
	name, settings, named := strings.Cut(line, ":")
	name = strings.TrimSpace(name)
	if !named || name == "" || strings.Contains(name, "=") {
		return Variant{}, fmt.Errorf("variant %q: want a name, a colon and settings, like \"small: max-shards=8\"", line)
	}
	own := Variant{Name: name, Settings: scaling.Layer{}}
	for word := range strings.FieldsSeq(settings) {
		if err := own.Set(word); err != nil {
			return Variant{}, fmt.Errorf("variant %q: %w", name, err)
		}
	}
	v := Variant{Name: name, Settings: scaling.Layer{}}
	maps.Copy(v.Settings, base)
	maps.Copy(v.Settings, own.Settings)
	return v, v.Validate()
}

// Set adds a setting, given as key=value. One that is there with another value is an error: it would silently be lost.
func (v *Variant) Set(word string) error {
	key, value, found := strings.Cut(word, "=")
	if !found || key == "" {
		return fmt.Errorf("%q is not key=value", word)
	}
	if other, is := v.Settings[key]; is && other != value {
		return fmt.Errorf("%s=%s and %s exclude each other; give one", key, other, word)
	}
	v.Settings[key] = value
	return nil
}

// Validate reports settings that cannot be used.
func (v *Variant) Validate() error {
	if _, err := scaling.Effective(v.Settings); err != nil {
		return fmt.Errorf("variant %q: %w", v.Name, err)
	}
	return nil
}

// TagsText writes a layer as the argument of `aws kinesis add-tags-to-stream --tags`, in a fixed
// order: name=value,name=value. It is quoted for the shell where it has to be.
func TagsText(l scaling.Layer) string {
	text := strings.Join(scaling.Layer(l.Tags()).Pairs(), ",")
	if strings.Contains(text, " ") {
		return "'" + text + "'"
	}
	return text
}
