package registry

import (
	"cmp"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// The keys of the table and of its two indexes, as people see them in the console.
const (
	attrPK  = "pk"
	attrSK  = "sk"
	attrDay = "day" // partition of the index by_day: of a history item its day, of a stream with work unfinished flightValue
	attrDue = "due" // of a stream that is due some time: partition of the sparse index by_due

	indexByDay = "by_day"
	indexByDue = "by_due"

	streamPrefix  = "STREAM#" // partition of a stream and its history
	streamSK      = "STREAM"
	historyPrefix = "AT#" // followed by the time, '#', and the entry's id
	dayPrefix     = "DAY#"
	dueValue      = "DUE"
	flightValue   = "FLIGHT"
	fleetKey      = "FLEET"
)

// The attributes of a stream's item. A time has a twin with the suffix _text.
const (
	attrARN              = "arn"
	attrCreatedAt        = "created_at"
	attrStatus           = "status"
	attrStatusReason     = "status_reason"
	attrEnrolledAt       = "enrolled_at"
	attrUpdatedAt        = "updated_at"
	attrRevision         = "revision"
	attrTags             = "tags"
	attrOverrides        = "overrides" // belongs to people: Save makes the map where there is none, and changes nothing in it
	attrTimed            = "timed"     // belongs to people too
	attrSettings         = "settings"
	attrUntimed          = "untimed_settings"
	attrSettingsRevision = "settings_revision"
	attrSettingsFault    = "settings_fault"
	attrOpenShards       = "open_shards"
	attrFence            = "fence"
	attrLeaseOwner       = "lease_owner"
	attrLeaseUntil       = "lease_until"
	attrInFlight         = "in_flight"
	attrOperations       = "operations"
	attrSights           = "sights"
	attrDraining         = "draining"
	attrLastDrain        = "last_drain"
	attrLongest          = "longest_operation_seconds"
	attrFailedClaims     = "failed_claims"
	attrRecuts           = "recuts"
	attrShards           = "shards"
	attrSeen             = "seen"
	attrUp               = "up"
	attrDown             = "down"
	attrHandledAt        = "handled_at"
	attrRetryAt          = "retry_at"
	attrAlarms           = "alarms"
	attrMeasured         = "measured"
	attrUsableShare      = "usable_share"
	attrHotKey           = "hot_key"
	attrAlarmsUsable     = "alarms_usable_share" // apart from attrAlarms, which older versions write whole
	attrConsumer         = "consumer"
	attrTrouble          = "consumer_trouble"
	attrLagTold          = "lag_told"
	attrFunction         = "function"
	attrConcurrency      = "concurrency"
	attrDueAt            = "due_at"
	attrSetBackAt        = "set_back_at"
	attrSetBackBy        = "set_back_by"
	attrHeldUntil        = "held_until"

	textSuffix = "_text"
)

// ownAttributes are the attributes that a write of a stream sets or removes. Overrides, timed overrides and what
// else people add are not among them.
func ownAttributes() []string {
	return []string{
		attrARN, attrCreatedAt, attrCreatedAt + textSuffix, attrStatus, attrStatusReason,
		attrEnrolledAt, attrEnrolledAt + textSuffix, attrUpdatedAt, attrUpdatedAt + textSuffix, attrRevision,
		attrTags, attrSettings, attrUntimed, attrSettingsRevision, attrSettingsFault,
		attrOpenShards, attrSeenAt, attrSeenAt + textSuffix, attrFence, attrLeaseOwner, attrLeaseUntil, attrLeaseUntil + textSuffix,
		attrInFlight, attrOperations, attrSights, attrDraining, attrLastDrain, attrLongest, attrFailedClaims, attrRecuts, attrUp, attrDown, attrAlarms, attrAlarmsUsable, attrMeasured, attrUsableShare, attrHotKey, attrConsumer, attrTrouble, attrLagTold, attrLagTold + textSuffix,
		attrSetBackAt, attrSetBackAt + textSuffix, attrSetBackBy, attrHeldUntil, attrHeldUntil + textSuffix,
		attrDue, attrDueAt, attrDueAt + textSuffix, attrDay,
	}
}

// encodeStream returns the attributes of a stream's item, without its key, its overrides and its timed overrides.
func encodeStream(s ledger.Item) attributes {
	a := attributes{}
	a.setText(attrARN, s.ARN)
	a.setTime(attrCreatedAt, s.CreatedAt)
	a.setText(attrStatus, string(s.Status))
	a.setText(attrStatusReason, s.StatusReason)
	a.setTime(attrEnrolledAt, s.EnrolledAt)
	a.setTime(attrUpdatedAt, s.UpdatedAt)
	a.setCount(attrRevision, s.Revision)
	a.setLayer(attrTags, s.Tags)
	if s.Settings.Validate() == nil {
		a.setLayer(attrSettings, s.Settings.Layer())
	}
	if s.Untimed.Validate() == nil {
		a.setLayer(attrUntimed, s.Untimed.Layer())
	}
	a.setCount(attrSettingsRevision, s.SettingsRevision)
	a.setText(attrSettingsFault, s.SettingsFault)
	a.setCount(attrOpenShards, int64(s.OpenShards))
	a.setTime(attrSeenAt, s.SeenAt)
	a.setCount(attrFence, s.Fence)
	a.setText(attrLeaseOwner, s.LeaseOwner)
	a.setTime(attrLeaseUntil, s.LeaseUntil)
	if s.InFlight != nil {
		a.setMap(attrInFlight, encodeEntry(*s.InFlight))
	}
	if s.Draining != nil {
		a.setMap(attrDraining, encodeEntry(*s.Draining))
	}
	a.setList(attrOperations, encodeAll(s.Operations, encodeOperation))
	a.setList(attrSights, encodeSights(s.Operations))
	a.setMap(attrLastDrain, encodeDrain(s.LastDrain))
	a.setRatio(attrLongest, s.Longest.Seconds())
	if s.FailedClaims > 0 {
		a.setCount(attrFailedClaims, s.FailedClaims)
	}
	a.setList(attrRecuts, encodeAll(s.Recuts, encodeRecut))
	a.setMap(attrUp, encodeWatch(s.Up))
	a.setMap(attrDown, encodeWatch(s.Down))
	a.setMap(attrAlarms, encodeAlarms(s.Alarms))
	a.setMap(attrAlarmsUsable, encodeAlarmsUsable(s.Alarms))
	a.setMap(attrMeasured, encodeMeasured(s.Measured))
	a.setMap(attrUsableShare, encodeUsableShare(s.Usable))
	a.setMap(attrHotKey, encodeHotKey(s.HotKey))
	a.setMap(attrConsumer, encodeConsumer(s.Consumer))
	a.setTime(attrSetBackAt, s.Opposed.At)
	a.setText(attrSetBackBy, s.Opposed.By)
	a.setTime(attrHeldUntil, s.Opposed.HeldUntil)
	a.setText(attrTrouble, string(s.Trouble))
	a.setTime(attrLagTold, s.LagTold)
	if !s.DueAt.IsZero() {
		a.setText(attrDue, dueValue)
		a.setTime(attrDueAt, s.DueAt)
		if s.Unfinished() {
			a.setText(attrDay, flightValue)
		}
	}
	return a
}

// decodeStream reads a stream's item. It takes what it can: an attribute that is missing or of
// another type, since people edit items in the console, reads as the zero value.
func decodeStream(name string, a attributes) ledger.Item {
	s := ledger.Item{
		Name:          name,
		ARN:           a.text(attrARN),
		CreatedAt:     a.time(attrCreatedAt),
		Status:        ledger.Enrollment(cmp.Or(a.text(attrStatus), string(ledger.Unenrolled))),
		StatusReason:  a.text(attrStatusReason),
		EnrolledAt:    a.time(attrEnrolledAt),
		UpdatedAt:     a.time(attrUpdatedAt),
		Revision:      max(a.count(attrRevision), 0),
		Tags:          a.layer(attrTags),
		Overrides:     a.layer(attrOverrides),
		Timed:         decodeTimed(a[attrTimed]),
		SettingsFault: a.text(attrSettingsFault),
		OpenShards:    int(max(a.count(attrOpenShards), 0)),
		SeenAt:        a.time(attrSeenAt),
		Fence:         max(a.count(attrFence), 0),
		LeaseOwner:    a.text(attrLeaseOwner),
		LeaseUntil:    a.time(attrLeaseUntil),
		Operations:    decodeOperations(a.list(attrOperations)),
		LastDrain:     decodeDrain(a.within(attrLastDrain)),
		Longest:       max(a.duration(attrLongest), 0),
		FailedClaims:  max(a.count(attrFailedClaims), 0),
		Recuts:        decodeAll(a.list(attrRecuts), decodeRecut),
		Up:            decodeWatch(a.within(attrUp)),
		Down:          decodeWatch(a.within(attrDown)),
		Alarms:        decodeAlarms(a.within(attrAlarms), a.within(attrAlarmsUsable)),
		Measured:      decodeMeasured(a.within(attrMeasured)),
		Usable:        decodeUsableShare(a.within(attrUsableShare)),
		HotKey:        decodeHotKey(a.within(attrHotKey)),
		Consumer:      decodeConsumer(a.within(attrConsumer)),
		Opposed:       ledger.Opposed{At: a.time(attrSetBackAt), By: a.text(attrSetBackBy), HeldUntil: a.time(attrHeldUntil)},
		Trouble:       ledger.ConsumerTrouble(a.text(attrTrouble)),
		LagTold:       a.time(attrLagTold),
		DueAt:         a.time(attrDueAt),
	}
	if a.text(attrDue) != dueValue { // the index does not show it, so the time alone plans nothing
		s.DueAt = time.Time{}
	}
	decodeSights(s.Operations, a.list(attrSights))
	s.Operations = s.Operations.NewestFirst()
	if op := decodeEntry(name, a.within(attrInFlight)); len(encodeEntry(op)) > 0 {
		s.InFlight = &op
		s.Fence = max(s.Fence, op.Fence)
	}
	if op := decodeEntry(name, a.within(attrDraining)); op.ID != "" && !op.At.IsZero() { // else nobody knows which it is
		s.Draining = &op
	}
	for _, op := range s.Operations { // a fence lost to an edit must not start again below one that was granted
		s.Fence = max(s.Fence, op.Fence)
	}
	decodeSettings(&s, a)
	s.Unread = unread(a)
	return s
}

func encodeAlarms(held ledger.AlarmsHeld) attributes {
	a := attributes{}
	if held != (ledger.AlarmsHeld{}) {
		a.setCount(attrOpenShards, int64(held.Shards))
		a.setCount(attrSettingsRevision, held.SettingsRevision)
	}
	return a
}

// decodeAlarms reads what the alarms hold of two attributes. The second counts where the first says that there are alarms.
func decodeAlarms(a, usable attributes) ledger.AlarmsHeld {
	held := ledger.AlarmsHeld{Shards: int(a.count(attrOpenShards)), SettingsRevision: a.count(attrSettingsRevision)}
	if held.Shards > 0 {
		held.HotKey = usable.text(attrHotKey) == suspected
		held.Usable, held.At = usable.share(attrShare), usable.time(attrAt)
	}
	return held
}

func encodeConsumer(held ledger.ConsumerHeld) attributes {
	a := attributes{}
	if held != (ledger.ConsumerHeld{}) {
		a.setText(attrFunction, held.Function)
		a.setCount(attrConcurrency, int64(held.Concurrency))
	}
	return a
}

func decodeConsumer(a attributes) ledger.ConsumerHeld {
	return ledger.ConsumerHeld{Function: a.text(attrFunction), Concurrency: int(a.count(attrConcurrency))}
}

func encodeWatch(w ledger.Watch) attributes {
	a := attributes{}
	a.setTime(attrHandledAt, w.Handled)
	a.setTime(attrRetryAt, w.RetryAt)
	return a
}

func decodeWatch(a attributes) ledger.Watch {
	return ledger.Watch{Handled: a.time(attrHandledAt), RetryAt: a.time(attrRetryAt)}
}

func encodeOperation(op scaling.Operation) attributes {
	a := attributes{}
	a.setTime(attrAt, op.At)
	a.setDirection(op.Direction)
	a.setCount(attrFromShards, int64(op.From))
	a.setCount(attrToShards, int64(op.To))
	a.setCount(attrFence, op.Fence)
	a.setText(attrActor, op.Actor)
	return a
}

func decodeOperation(a attributes) scaling.Operation {
	return scaling.Operation{
		At:        a.time(attrAt),
		Direction: a.direction(),
		From:      int(a.count(attrFromShards)),
		To:        int(a.count(attrToShards)),
		Fence:     a.count(attrFence),
		Actor:     a.text(attrActor),
	}
}
