package metricmath

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

func TestParseKeepsTheMeaning(t *testing.T) {
	tests := []struct{ in, want string }{
		{"m1", "m1"},
		{"4", "4"},
		{".5", "0.5"},
		{"m1/(1048576*60*s1)", "m1 / (1048576 * 60 * s1)"},
		{"a-b-c", "a - b - c"},
		{"a-(b-c)", "a - (b - c)"},
		{"a+b*c", "a + b * c"},
		{"(a+b)*c", "(a + b) * c"},
		{"-a^b", "-a ^ b"},
		{"(-a)^b", "(-a) ^ b"},
		{"a^b^c", "a ^ b ^ c"},
		{"(a^b)^c", "(a ^ b) ^ c"},
		{"a^-b", "a ^ -b"},
		{"- -a", "--a"},
		{"a>1 && b<=2||c==3", "a > 1 AND b <= 2 OR c == 3"},
		{"a>1 AND (b!=2 OR c>=3)", "a > 1 AND (b != 2 OR c >= 3)"},
		{"MAX([e1,e2 , e3])", "MAX([e1, e2, e3])"},
		{"FILL( m1 ,REPEAT)", "FILL(m1, REPEAT)"},
		{`SUM([METRICS("4xx"), METRICS("5xx")])`, `SUM([METRICS("4xx"), METRICS("5xx")])`},
		{"IF(FILL(m3,0) > 0.01*(m2+m3), 1, 0)", "IF(FILL(m3, 0) > 0.01 * (m2 + m3), 1, 0)"},
	}
	for _, tt := range tests {
		e, err := Parse(tt.in)
		if err != nil {
			t.Errorf("Parse(%q): %v", tt.in, err)
			continue
		}
		if got := e.String(); got != tt.want {
			t.Errorf("Parse(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

func TestParseErrorsSayWhere(t *testing.T) {
	tests := []struct {
		in     string
		offset int
		want   string
	}{
		{"", 0, "empty"},
		{"m1 +", 4, "found the end"},
		{"m1 m2", 3, `expected an operator or the end, found "m2"`},
		{"(m1", 3, `expected ")", found the end`},
		{"[m1, m2", 7, `expected "]", found the end`},
		{"MAX([])", 4, "this array is empty"},
		{"m1 + $", 5, `'$' has no meaning here`},
		{"m1 + é", 5, `'é' has no meaning here`},
		{"max(m1)", 0, "upper case"},
		{"MAXIMUM(m1)", 0, `unknown function "MAXIMUM"`},
		{"MAX(m1, m2)", 0, "MAX has 2 arguments; it is written MAX([m1, m2])"},
		{"FILL(m1)", 0, "FILL has 1 argument;"},
		{"IF(m1)", 0, "IF has 1 argument;"},
		{"METRICS(m1, m2)", 0, "METRICS has 2 arguments;"},
		{"PERIOD()", 0, "PERIOD has 0 arguments;"},
		{"1.2.3", 0, "not a number"},
		{"1e6", 1, "write the number out"},
		{`METRICS("a`, 8, "never closed"},
		{"m1 = 3", 3, `'=' has no meaning here`},
		{strings.Repeat("(", 200) + "m1" + strings.Repeat(")", 200), 100, "nested more than 100 deep"},
		{strings.Repeat("-", 200) + "m1", 100, "nested more than 100 deep"},
		{strings.Repeat("m1+", 1000) + "m1", 2048, "longer than 2048"},
	}
	for _, tt := range tests {
		_, err := Parse(tt.in)
		var syntax *SyntaxError
		if !errors.As(err, &syntax) {
			t.Errorf("Parse(%q) gave %v, want a syntax error", tt.in, err)
			continue
		}
		if syntax.Offset != tt.offset || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("Parse(%q) = %v (offset %d), want %q at offset %d", tt.in, err, syntax.Offset, tt.want, tt.offset)
		}
	}
}

func TestIDs(t *testing.T) {
	e, err := Parse("IF(m2 > s1, MAX([m1, m2]), -FILL(m1, 0))")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := e.IDs(), []string{"m1", "m2", "s1"}; !slices.Equal(got, want) {
		t.Errorf("IDs = %v, want %v", got, want)
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"m1/(1048576*60*s1)", "IF(FILL(m3,0) > 0.01*(m2+m3), 1, 0)", "MAX([e1,e2,e3])", "-a^-b^c", "a-(b-c)",
		"FILL(METRICS(), LINEAR)", `SUM(METRICS("x"))`, "a&&b||c==d", "((((", "[[", "1e9", "\x00", "é", `"`,
		"SELECT AVG(CPUUtilization) FROM SCHEMA(\"AWS/EC2\")", "select*2", "STDDEV(m1)", "DAY(m1)<6 AND HOUR(m1)>=9",
		strings.Repeat("é", 300), strings.Repeat("m", 300) + "(", "MAX" + strings.Repeat("X", 300) + "()",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		e, err := Parse(text)
		if err != nil {
			offset := -1
			if syntax, ok := errors.AsType[*SyntaxError](err); ok {
				offset = syntax.Offset
			} else if feature, ok := errors.AsType[*NotModelledError](err); ok && feature.Feature != "" {
				offset = feature.Offset
			}
			if offset < 0 || offset > len(text) || len(err.Error()) > 1000 {
				t.Fatalf("Parse(%q) gave %#v, %v", text, err, err)
			}
			return
		}
		canonical := e.String()
		if len(canonical) > maxLength {
			return // spaces may make it longer than the limit
		}
		again, err := Parse(canonical)
		if err != nil {
			t.Fatalf("Parse(%q) wrote %q, which does not parse: %v", text, canonical, err)
		}
		if again.String() != canonical {
			t.Fatalf("%q became %q, then %q", text, canonical, again.String())
		}
	})
}
