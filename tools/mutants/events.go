package main

// events are mistakes in how what others did is taken in.
func events() []mutant {
	const (
		settle   = "scaling/ledger/settle.go"
		refresh  = "scaling/ledger/refresh.go"
		enroller = "scaling/enroller/enroller.go"
		scaler   = "scaling/scaler/scaler.go"
	)
	return []mutant{
		{"own event counted as external", enroller, "known.At.Sub(op.At).Abs() < ownCall", "known.At.Sub(op.At).Abs() < 0", ""},
		{"outside call not noticed by the scaler", scaler, "if len(entries) == 0 {\n\t\treturn noticed, nil", "if len(entries) >= 0 {\n\t\treturn stream, nil", ""},
		{"outside call not noticed", settle, "if before == 0 || sum.Mode == scaling.ModeOnDemand || told {", "if before >= 0 || sum.Mode == scaling.ModeOnDemand || told {", ""},
		{"an event and its sight counted twice", settle, "s.Operations = withoutSight(s.Operations, op)\n", "", ""},
		{"an event counted at each delivery", settle, "same(known) && known.At.Equal(op.At)", "same(known) && known.At.After(op.At.Add(sameReshard))", ""},
		{"on-demand streams stay enrolled", refresh, "case sum.Mode == scaling.ModeOnDemand:", `case sum.Mode == "":`, ""},
		{"a tag that is gone is not seen", refresh, "if !r.Wants(tags) {", "if !r.Wants(tags) && s.Status != Enrolled {", ""},
		{"new settings never reach the item", refresh, "s.Settings, s.SettingsFault = next, \"\"", "s.SettingsFault = \"\"", ""},
	}
}
