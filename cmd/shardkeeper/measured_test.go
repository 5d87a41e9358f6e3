package main

import (
	"crypto/sha256"
	"encoding/hex"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// measured is where make numbers has put the tables of real traces. The traces are too large for the
// repository, so a test cannot measure them. It tells what it can: whether a table is as it was measured, and
// whether the policies behaved then as they do now, by what the commands of the document print.
var measured = flag.String("measured", "", "a folder with tables of real traces, from the module's root, to be written into the documents")

// outdated is what a document says of a table that was measured when the policies behaved otherwise.
const outdated = "*Measured before the policies changed last; `make numbers`, `make shares` and `make verdicts` measure anew.*\n\n"

var measuredBlock = regexp.MustCompile(`(?s)<!-- measured: (\w+), behaviour (\w+), table (\w+) -->\n(.*?)<!-- end -->`)

// withMeasured returns a document whose tables say so when they are outdated. With a folder of new tables it
// takes those that are there.
func withMeasured(t *testing.T, document, behaviour, folder string) string {
	t.Helper()
	return measuredBlock.ReplaceAllStringFunc(document, func(block string) string {
		parts := measuredBlock.FindStringSubmatch(block)
		name, then, sum, table := parts[1], parts[2], parts[3], strings.TrimPrefix(parts[4], outdated)
		if folder != "" {
			if text, err := os.ReadFile(filepath.Join(folder, name+".md")); err == nil {
				table, then = string(text), behaviour
				sum = sumOf(table)
			}
		}
		if got := sumOf(table); got != sum {
			t.Errorf("the table %s is not as it was measured: its sum is %s, not %s; run make numbers or make shares", name, got, sum)
		}
		if then != behaviour {
			table = outdated + table
		}
		return "<!-- measured: " + name + ", behaviour " + then + ", table " + sum + " -->\n" + table + "<!-- end -->"
	})
}

// sumOf is a short sum of texts.
func sumOf(texts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(texts, "\x00")))
	return hex.EncodeToString(sum[:6])
}

func TestATableSaysWhenItIsOutdated(t *testing.T) {
	const table = "| a |\n"
	current := "before\n<!-- measured: results, behaviour b1, table " + sumOf(table) + " -->\n" + table + "<!-- end -->\nafter\n"
	if got := withMeasured(t, current, "b1", ""); got != current {
		t.Errorf("a table that is current becomes\n%s", got)
	}
	stale := withMeasured(t, current, "b2", "")
	if !strings.Contains(stale, "-->\n"+outdated+table+"<!-- end -->") || withMeasured(t, stale, "b2", "") != stale {
		t.Errorf("a table that is outdated becomes\n%s", stale)
	}
	if got := withMeasured(t, stale, "b1", ""); got != current {
		t.Errorf("a table that is current again becomes\n%s", got)
	}
}
