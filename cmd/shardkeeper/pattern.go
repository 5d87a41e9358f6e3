package main

import "path"

// Patterns of streams' names, as several verbs take them: * stands for any letters, ? for one.

// patternOf is the pattern that a verb was given, or that of all names.
func patternOf(args []string) string {
	if len(args) == 0 {
		return "*"
	}
	return args[0]
}

// checkPattern says that a text cannot be a pattern.
func checkPattern(pattern string) error {
	if _, err := path.Match(pattern, ""); err != nil {
		return usage("%q is no pattern of names; * stands for any letters, ? for one", pattern)
	}
	return nil
}

// like reports whether a name is like a pattern; not when the text cannot be one.
func like(pattern, name string) bool {
	is, _ := path.Match(pattern, name)
	return is
}
