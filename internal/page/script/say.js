// Times and numbers for people. All times are UTC.

const minute = 60_000;
const day = 1440 * minute;
const weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const weekdayNames = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const months = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

const twoDigits = (n) => String(n).padStart(2, "0");

function clock(at) {
  const d = new Date(at);
  return twoDigits(d.getUTCHours()) + ":" + twoDigits(d.getUTCMinutes());
}

function date(at) {
  const d = new Date(at);
  return weekdays[d.getUTCDay()] + " " + d.getUTCDate() + " " + months[d.getUTCMonth()].slice(0, 3);
}

const moment = (at) => date(at) + " " + clock(at);

// span says from when to when, with the day only once where it is one.
function span(from, until) {
  return moment(from) + " to " + (date(from) === date(until) ? clock(until) : moment(until));
}

const startOfDay = (at) => Math.floor(at / day) * day;

function counted(n, noun) {
  return n.toLocaleString("en-US") + " " + noun + (n === 1 ? "" : "s");
}

function amount(v) {
  const digits = v >= 100 || Number.isInteger(v) ? 0 : v >= 1 ? 1 : 2;
  return v.toLocaleString("en-US", { maximumFractionDigits: digits });
}

function percent(share) {
  const v = 100 * share;
  if (v <= 0) return "0 %";
  if (v < 0.01) return "<0.01 %";
  return v.toLocaleString("en-US", { maximumFractionDigits: v < 1 ? 2 : v < 10 ? 1 : 0 }) + " %";
}

function refusal(share) {
  return share > 0 ? percent(share) + " refused" : "nothing refused";
}

function shardsOf(decision) {
  return decision.from === decision.to ? counted(decision.from, "shard") : decision.from + " to " + counted(decision.to, "shard");
}
