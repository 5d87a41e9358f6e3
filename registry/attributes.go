package registry

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/shardkeeper/shardkeeper/scaling"
)

// attributes is an item, or a map inside one. Setting leaves out what is empty. Reading what is
// missing, or is of another type, gives the zero value: people edit items in the console.
type attributes map[string]types.AttributeValue

// timeText is how times are written for people and in sort keys: of fixed width, so that text
// sorts as time does.
const timeText = "2006-01-02T15:04:05.000Z"

func (a attributes) setText(name, text string) {
	if text != "" {
		a[name] = textValue(text)
	}
}

func (a attributes) setCount(name string, n int64) {
	a[name] = &types.AttributeValueMemberN{Value: strconv.FormatInt(n, 10)}
}

// setRatio leaves out what is no number, and what is outside the range of DynamoDB's numbers.
func (a attributes) setRatio(name string, v float64) {
	if size := math.Abs(v); size > 1e-100 && size < 1e100 {
		a[name] = &types.AttributeValueMemberN{Value: strconv.FormatFloat(v, 'g', -1, 64)}
	}
}

// setTime sets the time and its twin for people.
func (a attributes) setTime(name string, t time.Time) {
	if !t.IsZero() {
		a[name] = numberValue(t)
		a[name+textSuffix] = textValue(t.UTC().Format(timeText))
	}
}

func (a attributes) setDirection(dir scaling.Direction) {
	if dir != scaling.Hold {
		a.setText(attrDirection, dir.String())
	}
}

func (a attributes) setMap(name string, inner attributes) {
	if len(inner) > 0 {
		a[name] = &types.AttributeValueMemberM{Value: inner}
	}
}

func (a attributes) setList(name string, all []types.AttributeValue) {
	if len(all) > 0 {
		a[name] = &types.AttributeValueMemberL{Value: all}
	}
}

// setLayer leaves out an empty key, as the tag "shardkeeper:" has: no attribute has an empty
// name, and the whole write would be refused.
func (a attributes) setLayer(name string, layer scaling.Layer) {
	inner := attributes{}
	for key, value := range layer {
		if key != "" {
			inner[strings.ToValidUTF8(key, "\uFFFD")] = textValue(value)
		}
	}
	a.setMap(name, inner)
}

func (a attributes) text(name string) string {
	if v, ok := a[name].(*types.AttributeValueMemberS); ok {
		return strings.ToValidUTF8(v.Value, "\uFFFD")
	}
	return ""
}

func (a attributes) count(name string) int64 {
	if v, ok := a[name].(*types.AttributeValueMemberN); ok {
		if n, err := strconv.ParseInt(v.Value, 10, 64); err == nil && n >= -greatestCount && n <= greatestCount {
			return n
		}
	}
	return 0
}

func (a attributes) ratio(name string) float64 {
	if v, ok := a[name].(*types.AttributeValueMemberN); ok {
		if n, err := strconv.ParseFloat(v.Value, 64); err == nil && math.Abs(n) > 1e-100 && math.Abs(n) < 1e100 {
			return n
		}
	}
	return 0
}

// The first and the last second that a four-digit year can show.
const (
	firstSecond = -62135596800
	lastSecond  = 253402300799
)

func (a attributes) time(name string) time.Time {
	v, ok := a[name].(*types.AttributeValueMemberN)
	if !ok {
		return timeOfText(a[name])
	}
	seconds, err := strconv.ParseFloat(v.Value, 64)
	if err != nil || !(seconds >= firstSecond && seconds <= lastSecond) {
		return time.Time{}
	}
	return time.UnixMilli(int64(math.Round(seconds * 1000))).UTC()
}

// duration reads seconds; more than 100 years, which would not fit, is no duration.
func (a attributes) duration(name string) time.Duration {
	seconds := a.ratio(name)
	if math.Abs(seconds) > 100*365*24*3600 {
		return 0
	}
	return time.Duration(math.Round(seconds*1000)) * time.Millisecond
}

func (a attributes) direction() scaling.Direction {
	var dir scaling.Direction
	if err := dir.UnmarshalText([]byte(a.text(attrDirection))); err != nil {
		return scaling.Hold
	}
	return dir
}

// within returns the map inside; nil when there is none.
func (a attributes) within(name string) attributes {
	if v, ok := a[name].(*types.AttributeValueMemberM); ok {
		return v.Value
	}
	return nil
}

func (a attributes) list(name string) []types.AttributeValue {
	if v, ok := a[name].(*types.AttributeValueMemberL); ok {
		return v.Value
	}
	return nil
}

// layer reads a map that people may have edited. Numbers and booleans become text. What cannot
// be text becomes a value that no setting has, so that scaling.Effective names the fault.
func (a attributes) layer(name string) scaling.Layer {
	switch v := a[name].(type) {
	case nil, *types.AttributeValueMemberNULL:
		return nil
	case *types.AttributeValueMemberS:
		if strings.TrimSpace(v.Value) == "" {
			return nil
		}
		return scaling.Layer{name: "(not a map)"}
	case *types.AttributeValueMemberM:
		layer := scaling.Layer{}
		for key, value := range v.Value {
			if key != "" {
				layer[strings.ToValidUTF8(key, "\uFFFD")] = layerText(value)
			}
		}
		if len(layer) == 0 {
			return nil
		}
		return layer
	default:
		return scaling.Layer{name: "(not a map)"}
	}
}

func layerText(value types.AttributeValue) string {
	switch v := value.(type) {
	case *types.AttributeValueMemberS:
		return strings.ToValidUTF8(v.Value, "\uFFFD")
	case *types.AttributeValueMemberN:
		return v.Value
	case *types.AttributeValueMemberBOOL:
		return strconv.FormatBool(v.Value)
	case nil, *types.AttributeValueMemberNULL:
		return ""
	default:
		return "(not a text)"
	}
}

// numberValue is a time as DynamoDB compares it: seconds since 1970, with milliseconds as decimals.
func numberValue(t time.Time) *types.AttributeValueMemberN {
	return &types.AttributeValueMemberN{Value: strconv.FormatFloat(float64(t.UnixMilli())/1000, 'f', -1, 64)}
}

func textValue(text string) *types.AttributeValueMemberS {
	return &types.AttributeValueMemberS{Value: strings.ToValidUTF8(text, "\uFFFD")}
}

func encodeAll[T any](all []T, encode func(T) attributes) []types.AttributeValue {
	list := make([]types.AttributeValue, len(all))
	for i, one := range all {
		list[i] = &types.AttributeValueMemberM{Value: encode(one)}
	}
	return list
}

// decodeAll passes over what is not a map.
func decodeAll[T any](list []types.AttributeValue, decode func(attributes) T) []T {
	var all []T
	for _, value := range list {
		if inner, ok := value.(*types.AttributeValueMemberM); ok {
			all = append(all, decode(inner.Value))
		}
	}
	return all
}
