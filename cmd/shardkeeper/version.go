package main

import (
	"fmt"
	"runtime/debug"
)

type versionCommand struct{}

// Run prints the module's version, the commit it was built from, and Go's version, as far as the
// build knows them.
func (versionCommand) Run(at surroundings) error {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		info = &debug.BuildInfo{}
	}
	_, err := fmt.Fprintln(at.stdout, versionLine(info))
	return err
}

func versionLine(info *debug.BuildInfo) string {
	version, commit := info.Main.Version, ""
	for _, setting := range info.Settings {
		switch {
		case setting.Key == "vcs.revision":
			commit = " " + setting.Value[:min(12, len(setting.Value))] + commit
		case setting.Key == "vcs.modified" && setting.Value == "true":
			commit += " (modified)"
		}
	}
	if version == "" {
		version = "(unknown)"
	}
	return "shardkeeper " + version + commit + " " + info.GoVersion
}
