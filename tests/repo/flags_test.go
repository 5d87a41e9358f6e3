package repo_test

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// A command of the documents, pasted or within a sentence, and one that an alarm tells people to paste has flags that its verb has.
func TestTheDocumentsNameFlagsThatExist(t *testing.T) {
	helped := sections(document(t, "docs/cli.md"), "##")
	paths, err := filepath.Glob("docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	command := regexp.MustCompile("(?:shardkeeper|cmd/shardkeeper) ([a-z-]+)((?: [^\n`|;]*)?)")
	flag := regexp.MustCompile(`(?:^|\s)(--[a-z][a-z-]*)`)
	named := 0
	for _, path := range append(paths, "README.md", "template.yaml") {
		text := regexp.MustCompile(`\\\n\s*`).ReplaceAllString(document(t, path), " ") // one that goes on in the next line
		for _, m := range command.FindAllStringSubmatch(text, -1) {
			help, is := helped["shardkeeper "+m[1]]
			if !is {
				continue // a word of a sentence
			}
			for _, f := range flag.FindAllStringSubmatch(m[2], -1) {
				named++
				if !regexp.MustCompile(regexp.QuoteMeta(f[1]) + `\b`).MatchString(help) {
					t.Errorf("%s: shardkeeper %s%s has a flag that the verb does not have: %s", path, m[1], strings.TrimRight(m[2], " "), f[1])
				}
			}
		}
	}
	if named < 150 {
		t.Errorf("%d flags are named: are the documents read right?", named)
	}
}
