package scaling_test

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"testing"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// declaredCodes reads the constants of type ReasonCode out of the source.
func declaredCodes(t *testing.T) []scaling.ReasonCode {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "reason.go", nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	var declared []scaling.ReasonCode
	for _, decl := range file.Decls {
		gen, ok := decl.(*ast.GenDecl)
		if !ok || gen.Tok != token.CONST {
			continue
		}
		for _, spec := range gen.Specs {
			value, ok := spec.(*ast.ValueSpec)
			if !ok {
				continue
			}
			if name, ok := value.Type.(*ast.Ident); !ok || name.Name != "ReasonCode" {
				t.Errorf("a constant of reason.go has no type ReasonCode: %v", value.Names)
				continue
			}
			for _, v := range value.Values {
				literal, ok := v.(*ast.BasicLit)
				if !ok {
					t.Fatalf("%v is no literal", value.Names)
				}
				text, err := strconv.Unquote(literal.Value)
				if err != nil {
					t.Fatal(err)
				}
				declared = append(declared, scaling.ReasonCode(text))
			}
		}
	}
	if len(declared) < 20 {
		t.Fatalf("found %d codes in reason.go; is it read right?", len(declared))
	}
	return declared
}

// allDecisions are the decisions of all tables, and one of every kind that no table has.
func allDecisions() []scaling.Decision {
	var all []scaling.Decision
	for _, cases := range [][]decideCase{
		sizeCases(), boundsCases(), quotaCases(), notScalableCases(), budgetCases(),
		upEvidenceCases(), downEvidenceCases(), missingMetricsCases(), unsafeToShrinkCases(), calmCases(),
		trackingUpCases(), trackingDownCases(), trackingPastCases(), takeBackCases(),
	} {
		for _, c := range cases {
			all = append(all, c.in.decide())
		}
	}
	up := asked(scaling.Up, 4, 0.9)
	cool := up
	cool.h = operations(0)
	cool.s.ScaleUpCooldown = 1
	busy := ledger.Item{Status: ledger.Enrolled, InFlight: &ledger.Entry{}}
	suspended := ledger.Item{Status: ledger.Suspended}
	opposed := ledger.Item{Status: ledger.Enrolled, Opposed: ledger.Opposed{HeldUntil: noon().AddDate(1, 0, 0)}}
	draining := ledger.Item{Status: ledger.Enrolled, Settings: scaling.Defaults(scaling.DoubleHalve), Draining: &ledger.Entry{At: noon()}}
	hot, judging := asked(scaling.Up, 16, 0), asked(scaling.Up, 16, 0)
	hot.o, judging.o = refusing(16, 9, 0.18, noon()), refusing(16, 10, 0.1, noon())
	hot.o.HotKey = judged(seenAt{8, 9, 0.2, -1}, seenAt{16, 9, 0.18, -0.5})
	judging.s = scaling.Defaults(scaling.TargetTracking)
	unjudged := judging
	unjudged.o.Usable.Since = noon()
	all = append(all, hot.decide(), judging.decide(), unjudged.decide())
	return append(all, cool.decide(),
		busy.HoldIfNotReady(up.decide()), suspended.HoldIfNotReady(up.decide()), up.decide().DryRun(), ledger.Pause{InForce: true}.Hold(up.decide()), opposed.HoldIfNotReady(up.decide()),
		draining.HoldIfNotReady(asked(scaling.Down, 4, 0.01).decide()))
}

// Every code that reason.go declares is given by some decision or step, and no other code is.
func TestReasonsAreAClosedSet(t *testing.T) {
	given := map[scaling.ReasonCode]bool{}
	for _, d := range allDecisions() {
		for _, r := range d.Reasons {
			given[r.Code] = true
		}
	}
	_, refused := ledger.Item{InFlight: &ledger.Entry{Fence: 1}}.RefusedBy(errors.New("no"), scaling.Up, noon())
	for _, r := range refused.Reasons {
		given[r.Code] = true
	}
	declared := declaredCodes(t)
	for _, code := range declared {
		if !given[code] {
			t.Errorf("no case gives %q: add one, or take the code away", code)
		}
	}
	for code := range given {
		if !slices.Contains(declared, code) {
			t.Errorf("%q is given and reason.go does not declare it", code)
		}
	}
	sorted := slices.Sorted(slices.Values(declared))
	if len(slices.Compact(sorted)) != len(declared) {
		t.Errorf("a code is declared twice: %v", declared)
	}
}

// The last reason of a hold says why it holds; that of an operation says how its size came about.
func TestLastReasonSettlesTheDecision(t *testing.T) {
	for _, d := range allDecisions() {
		if holds(d.Reasons.Last()) != (d.Direction == scaling.Hold) {
			t.Errorf("%v from %d to %d: last reason %q", d.Direction, d.From, d.Target, d.Reasons.Last())
		}
	}
}

// holds reports whether a code is one that a hold may end with: any that does not explain a size.
func holds(code scaling.ReasonCode) bool {
	return code != "" && !slices.Contains([]scaling.ReasonCode{
		scaling.UtilizationMeasured, scaling.AlarmTrusted, scaling.Doubled, scaling.Halved,
		scaling.SizedToLoad, scaling.SizedToForecast, scaling.SizedToGrowth, scaling.ScaledAhead, scaling.GrownToJudge, scaling.RoundedToQuarter,
		scaling.BelowMinShards, scaling.AboveMaxShards, scaling.CappedAtDouble, scaling.CappedAtHalf,
		scaling.CappedAtMaxShards, scaling.CappedAtMinShards, scaling.CappedAtQuota,
	}, code)
}

func TestTrail(t *testing.T) {
	var trail scaling.Trail
	equal(t, "an empty trail", trail.String(), "")
	equal(t, "the last of an empty trail", trail.Last(), "")
	trail = scaling.Trail{{Code: scaling.UtilizationMeasured, Detail: "0.90 of bytes"}, {Code: scaling.Doubled}}
	equal(t, "a trail", trail.String(), "utilization_measured (0.90 of bytes); doubled")
	equal(t, "the last", trail.Last(), scaling.Doubled)
}

// The trail of a decision carries the numbers that a person asks for first.
func TestTrailTellsNumbers(t *testing.T) {
	in := asked(scaling.Up, 4, 0.9)
	in.s.MaxShards = 7
	equal(t, "a capped scale-up", in.decide().Reasons.String(), "utilization_measured (0.90 of bytes); doubled; capped_at_max_shards (want 8, limit 7)")
	in = asked(scaling.Down, 4, 0.1)
	in.h = hoursAgo(1, 7)
	equal(t, "a kept reserve", in.decide().Reasons.String(),
		"utilization_measured (0.10 of bytes); halved; reserve_kept (would scale from 4 to 2; 7 of 10 operations used, 3 kept for scale-ups, free at 2026-11-24T05:01:00Z)")
}
