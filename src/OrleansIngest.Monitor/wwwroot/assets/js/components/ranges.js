// Ranges of time that end now.
export const ranges = [
  ["60", "1 min"],
  ["300", "5 min"],
  ["900", "15 min"],
  ["3600", "1 h"],
  ["21600", "6 h"],
  ["86400", "24 h"],
  ["604800", "7 d"],
  ["2592000", "30 d"],
];

/** The last `seconds` as parameters for the server. */
export function lastSeconds(seconds, now = Date.now()) {
  return { from: new Date(now - seconds * 1000).toISOString(), to: new Date(now).toISOString() };
}

const day = 86_400_000;

/** The last midnight, here. */
export function midnight(now = Date.now(), days = 0) {
  const date = new Date(now);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + days);
}

/** From six in the evening until eight in the morning, or until now. */
export function lastNight(now = Date.now()) {
  const evening = new Date(midnight(now, -1));
  evening.setHours(18);
  const morning = new Date(midnight(now));
  morning.setHours(8);
  return { from: evening.toISOString(), to: new Date(Math.min(now, morning.getTime())).toISOString() };
}

/** Yesterday, up to the same time of day as now. */
export function yesterday(now = Date.now()) {
  const from = midnight(now, -1);
  const to = new Date(now);
  to.setDate(to.getDate() - 1);
  return { from: from.toISOString(), to: to.toISOString() };
}

/** Today, until now. */
export function today(now = Date.now()) {
  return { from: midnight(now).toISOString(), to: new Date(now).toISOString() };
}

/** Two instants of an address; null when they are none, or not in their order. */
export function rangeOf({ from, to }) {
  const [a, b] = [Date.parse(from), Date.parse(to)];
  return Number.isFinite(a) && Number.isFinite(b) && a < b
    ? { from: new Date(a).toISOString(), to: new Date(b).toISOString() }
    : null;
}

/** For people: short within a day. */
export function rangeText({ from, to }, instant, clock) {
  return Date.parse(to) - Date.parse(from) < day ? `${instant(from)} – ${clock(to)}` : `${instant(from)} – ${instant(to)}`;
}
