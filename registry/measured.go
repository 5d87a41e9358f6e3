package registry

import (
	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

func encodeMeasured(m ledger.Measured) attributes {
	a := attributes{}
	a.setTime(attrAt, m.At)
	a.setRatio(attrUtilization, m.Utilization)
	a.setText(attrLimit, string(m.Limit))
	return a
}

func decodeMeasured(a attributes) ledger.Measured {
	return ledger.Measured{At: a.time(attrAt), Utilization: a.ratio(attrUtilization), Limit: scaling.Limit(a.text(attrLimit))}
}

func encodeDrain(d ledger.Drain) attributes {
	a := attributes{}
	a.setTime(attrAt, d.At)
	a.setRatio(attrDrain, float64(d.Took.Milliseconds())/1000)
	return a
}

func decodeDrain(a attributes) ledger.Drain {
	return ledger.Drain{At: a.time(attrAt), Took: a.duration(attrDrain)}
}
