package main

import (
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/shardkeeper/shardkeeper/cmd/shardkeeper/internal/output"
)

// versionLine is what the build knows of itself. Its names in JSON and CSV are part of the command's
// promise.
type versionLine struct {
	Version  string `json:"version"`
	Commit   string `json:"commit,omitempty"`
	Modified bool   `json:"modified,omitempty"` // the source differed from the commit
	Go       string `json:"go"`
}

func newVersion(at environment) *cobra.Command {
	var format output.Format
	cmd := &cobra.Command{
		Use:     "version",
		Short:   "Print the version, the commit and Go's version",
		Long:    "Prints the version, the commit that it was built from, and Go's version, as far as the build knows them.",
		Example: "  shardkeeper version\n  shardkeeper version --output json",
		Args:    arguments(0, 0, ""),
		RunE: func(*cobra.Command, []string) error {
			columns := []output.Column{{Title: ""}}
			rows, err := output.NewRows(at.screen, format, columns, func(v versionLine) []string { return []string{v.String()} }, func(v versionLine) versionLine { return v })
			if err != nil {
				return err
			}
			return finish(rows, rows.Write(versionNow()))
		},
	}
	formatFlag(cmd, &format, "object")
	return cmd
}

// versionNow is this build's.
func versionNow() versionLine {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		info = &debug.BuildInfo{}
	}
	return versionOf(info)
}

func versionOf(info *debug.BuildInfo) versionLine {
	v := versionLine{Version: info.Main.Version, Go: info.GoVersion}
	if v.Version == "" {
		v.Version = "(unknown)"
	}
	for _, setting := range info.Settings {
		switch setting.Key {
		case "vcs.revision":
			v.Commit = setting.Value[:min(12, len(setting.Value))]
		case "vcs.modified":
			v.Modified = setting.Value == "true"
		}
	}
	return v
}

func (v versionLine) String() string {
	text := "shardkeeper " + v.Version
	if v.Commit != "" {
		text += " " + v.Commit
	}
	if v.Modified {
		text += " (modified)"
	}
	return text + " " + v.Go
}
