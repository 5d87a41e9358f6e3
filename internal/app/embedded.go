package app

import (
	"time"

	smithytime "github.com/aws/smithy-go/time"

	"github.com/shardkeeper/shardkeeper/internal/embedded"
	"github.com/shardkeeper/shardkeeper/scaling/enroller"
	"github.com/shardkeeper/shardkeeper/scaling/reconciler"
	"github.com/shardkeeper/shardkeeper/scaling/scaler"
)

// The use cases in an embedded world: the same, with other services.

func embeddedScaler(w *embedded.World, c Config, now func() time.Time) *scaler.Scaler {
	w.Use(actorScaler, now)
	return &scaler.Scaler{
		Registry: w, Streams: w, Alarms: w, Consumers: w,
		Rules: c.Rules, Now: now, Wait: smithytime.SleepWithContext, Actor: actorScaler, Lease: scaler.LeaseFor(ScalerTimeout),
	}
}

func embeddedEnroller(w *embedded.World, c Config, now func() time.Time, actor string) *enroller.Enroller {
	w.Use(actor, now)
	return &enroller.Enroller{Registry: w, Streams: w, Alarms: w, Rules: c.Rules, Now: now, Actor: actor}
}

func embeddedReconciler(w *embedded.World, c Config, now func() time.Time) *reconciler.Reconciler {
	return &reconciler.Reconciler{
		Registry: w, Fleet: w, Owners: w, Items: w, Streams: w, Tagging: w, Alarms: w, Metrics: w, Consumers: w, Enroller: embeddedEnroller(w, c, now, actorReconciler),
		Rules: c.Rules, Now: now, Left: leftBy(now), Actor: actorReconciler, Lease: ReconcilerTimeout,
	}
}
