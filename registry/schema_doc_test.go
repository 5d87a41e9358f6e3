package registry

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// namesIn returns the attributes of an item and of the maps in it. Layers have settings, which docs/settings.md tells of.
func namesIn(a attributes) []string {
	var names []string
	for name, value := range a {
		names = append(names, name)
		if slices.Contains([]string{attrTags, attrSettings, attrUntimed, attrOverrides}, name) {
			continue
		}
		switch v := value.(type) {
		case *types.AttributeValueMemberM:
			names = append(names, namesIn(v.Value)...)
		case *types.AttributeValueMemberL:
			for _, one := range v.Value {
				if inner, is := one.(*types.AttributeValueMemberM); is {
					names = append(names, namesIn(inner.Value)...)
				}
			}
		}
	}
	return names
}

// TestTheSchemaIsComplete holds docs/schema.md to what is written, and what it names to what there is.
func TestTheSchemaIsComplete(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "docs", "schema.md"))
	if err != nil {
		t.Fatal(err)
	}
	said := map[string]bool{}
	for _, name := range regexp.MustCompile("`([a-z_]+)`").FindAllStringSubmatch(string(text), -1) {
		said[name[1]] = true
	}
	var written []string
	for _, item := range []attributes{
		encodeStream(fullStream()), encodeHistory(fullEntry(), DefaultRetention), encodeFleet(fullFleet()),
		encodeHistory(ledger.Pause{InForce: true, At: noon(), Who: "ana", Why: "x"}.Begun(), time.Hour),
	} {
		written = append(written, namesIn(item)...)
	}
	written = append(written, attrOverrides, attrEvent, attrStream, attrSent, attrHistoryDays)
	written = append(written, attrTimed)
	written = append(written, namesIn(encodeTimed(aTimed()))...)
	for _, name := range written {
		if name = strings.TrimSuffix(name, textSuffix); !said[name] {
			t.Errorf("docs/schema.md does not tell of %s", name)
		}
	}
	for _, statement := range statements(string(text)) {
		for _, name := range regexp.MustCompile(`"([a-z_]+)"`).FindAllStringSubmatch(statement, -1) {
			known := append([]string{"shardkeeper", indexByDay, attrPK, attrSK}, written...)
			if !slices.Contains(known, name[1]) {
				t.Errorf("%s names %s, which is no attribute", statement, name[1])
			}
		}
	}
}

// TestTheSchemaHasAllKeys holds the rows of docs/schema.md to the keys that items have: who looks for a pause finds it there.
func TestTheSchemaHasAllKeys(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "docs", "schema.md"))
	if err != nil {
		t.Fatal(err)
	}
	var rows []attributes
	for _, row := range regexp.MustCompile("(?m)^\\| `([A-Z#]+)`[^|]* \\| `?([A-Z#]*)`?[^|]*\\|").FindAllStringSubmatch(string(text), -1) {
		rows = append(rows, attributes{attrPK: textValue(row[1]), attrSK: textValue(row[2])})
	}
	history := encodeHistory(fullEntry(), DefaultRetention)
	event := ledger.Event{ID: "the event's id", Entry: ledger.Entry{Stream: "orders"}}
	for _, key := range []attributes{
		streamKey("orders"), history, encodeHistory(ledger.Pause{}.Begun(), time.Hour), fleetItemKey(), leaseItemKey(), pauseItemKey(0),
		pauseItemKey(pauseCopies - 1), consumerKey("reader"), outboxKey(event),
	} {
		named := slices.ContainsFunc(rows, func(row attributes) bool {
			pk, sk := row.text(attrPK), row.text(attrSK)
			same := func(key, named string) bool {
				return key == named || strings.HasSuffix(named, "#") && strings.HasPrefix(key, named)
			}
			return same(key.text(attrPK), pk) && (same(key.text(attrSK), sk) || pk == outboxPrefix)
		})
		if !named {
			t.Errorf("docs/schema.md has no row for pk %s, sk %s", key.text(attrPK), key.text(attrSK))
		}
	}
}

// statements are the queries of docs/schema.md.
func statements(text string) []string {
	var all []string
	for _, block := range regexp.MustCompile("(?s)```sql\n(.*?)\n```").FindAllStringSubmatch(text, -1) {
		all = append(all, block[1])
	}
	return all
}
