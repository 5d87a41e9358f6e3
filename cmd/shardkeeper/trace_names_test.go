package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Traces of one name are told apart by their paths, as far as it takes.
func TestTracesOfOneNameAreToldApart(t *testing.T) {
	for paths, want := range map[string]string{
		"a/x.csv b/y.csv":               "x y",
		"eu/x.csv us/x.csv y.csv":       "eu/x us/x y",
		"x.csv x.csv.gz y.csv":          "x.csv x.csv.gz y",
		"eu/x.csv eu/x.csv.gz us/x.csv": "eu/x.csv eu/x.csv.gz us/x",
		"- stdin.csv":                   "stdin stdin.csv",
		"x.csv ./x.json":                "x ./x",
	} {
		if got := traceNames(strings.Fields(paths)); strings.Join(got, " ") != want {
			t.Errorf("%s are called %v, want %s", paths, got, want)
		}
	}
	folder := t.TempDir()
	for _, region := range []string{"eu", "us"} {
		if err := errors.Join(os.Mkdir(filepath.Join(folder, region), 0o700), os.WriteFile(filepath.Join(folder, region, "orders.csv"), []byte(readText(t, hourTrace(t))), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(folder)
	for _, format := range []string{"table", "csv", "json"} {
		stdout, _ := succeed(t, "simulate", "--trace", "eu/orders.csv", "--trace", "us/orders.csv", "--set", "mode=disabled", "-o", format)
		if strings.Count(stdout, "eu/orders") != 1 || strings.Count(stdout, "us/orders") != 1 {
			t.Errorf("%s:\n%s", format, stdout)
		}
	}
}
