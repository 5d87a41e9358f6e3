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
		{"own event counted as external", edit{enroller, "known.At.Sub(op.At).Abs() < ownCall", "known.At.Sub(op.At).Abs() < 0"}, "", nil},
		{"outside call not noticed by the scaler", edit{scaler, "if len(entries) == 0 {\n\t\treturn noticed, nil", "if len(entries) >= 0 {\n\t\treturn stream, nil"}, "", nil},
		{"outside call not noticed", edit{settle, "if before == 0 || sum.Mode == scaling.ModeOnDemand || s.sizedByService() || told {", "if before >= 0 || told {"}, "", nil},
		{"an event and its sight counted twice", edit{settle, "s.Operations = withoutSight(s.Operations, op)\n", ""}, "", nil},
		{"an event counted at each delivery", edit{settle, "same(known) && known.At.Equal(op.At)", "same(known) && known.At.After(op.At.Add(sameReshard))"}, "", nil},
		{"on-demand streams stay enrolled", edit{refresh, "case sum.Mode == scaling.ModeOnDemand:", `case sum.Mode == "":`}, "", nil},
		{"a tag that is gone is not seen", edit{refresh, "if !r.Wants(tags) {", "if !r.Wants(tags) && s.Status != Enrolled {"}, "", nil},
		{"new settings never reach the item", edit{refresh, "s.Settings, s.Untimed, s.SettingsFault = next, untimed, fault", "s.Untimed, s.SettingsFault = untimed, fault"}, "", nil},
	}
}
