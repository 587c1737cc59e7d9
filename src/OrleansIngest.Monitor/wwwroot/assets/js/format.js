// Numbers, sizes, durations and times for people: by Intl, with a unit, and "–" for unknown values.
export const none = "–";

const whole = new Intl.NumberFormat(undefined, { maximumFractionDigits: 0 });
const compactNumber = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });
const oneDigit = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });
const twoDigits = new Intl.NumberFormat(undefined, { maximumFractionDigits: 2 });
const dateTime = new Intl.DateTimeFormat(undefined, {
  year: "numeric",
  month: "short",
  day: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
});
const exactTime = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long", hourCycle: "h23" });
const clockTime = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
const shortClock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const day = new Intl.DateTimeFormat(undefined, { weekday: "short", month: "short", day: "numeric" });
const relativeTime = new Intl.RelativeTimeFormat("en", { numeric: "auto" });

const known = (value) => value != null && Number.isFinite(value);

export function number(value) {
  return known(value) ? whole.format(value) : none;
}

/** 12,345 stays as it is, 1,234,567 becomes 1.2M. */
export function compact(value) {
  if (!known(value)) return none;
  return Math.abs(value) < 100_000 ? whole.format(value) : compactNumber.format(value);
}

/** For the axes of charts: as short as can be. */
export function axisNumber(value) {
  return known(value) ? compactNumber.format(value) : "";
}

export function plural(value, one, many = `${one}s`) {
  return `${number(value)} ${noun(value, one, many)}`;
}

/** The noun for a number that stands elsewhere. */
export function noun(value, one, many = `${one}s`) {
  return value === 1 ? one : many;
}

export function rate(value) {
  if (!known(value)) return none;
  return value > 0 && value < 10 ? oneDigit.format(value) : compact(value);
}

export function percent(value) {
  if (!known(value)) return none;
  if (value > 0 && value < 0.01) return "< 0.01 %";
  return `${value < 10 ? twoDigits.format(value) : oneDigit.format(value)} %`;
}

const sizes = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

/** A position or a number of positions, in what its file counts. */
export function positions(value, unit) {
  if (value == null) return "–";
  if (unit === "row") return plural(value, "row");
  if (unit === "offset") return `offset ${number(value)}`;
  return unit === "decoded_byte" ? `${bytes(value)} decoded` : bytes(value);
}

/** What a file's positions count, as a word before one of them. */
export const positionWord = (unit) => ({ row: "row", offset: "offset", decoded_byte: "decoded byte" })[unit] ?? "byte";

/** A size as a number and its unit. */
export function bytesParts(value) {
  if (!known(value)) return [none, ""];
  let unit = 0;
  let amount = value;
  while (Math.abs(amount) >= 1023.95 && unit < sizes.length - 1) {
    amount /= 1024;
    unit++;
  }
  return [unit === 0 || amount >= 100 ? whole.format(amount) : oneDigit.format(amount), sizes[unit]];
}

export function bytes(value) {
  return bytesParts(value).join(" ").trim();
}

/** Milliseconds as a number and its unit: 840 µs, 12 ms, 3.4 s, 5 min 2 s. */
export function durationParts(milliseconds) {
  if (!known(milliseconds)) return [none, ""];
  const value = Math.max(0, milliseconds);
  if (value === 0) return ["0", "ms"];
  if (value < 1) return [whole.format(value * 1000), "µs"];
  if (value < 10) return [oneDigit.format(value), "ms"];
  if (value < 1000) return [whole.format(value), "ms"];
  if (value < 59_950) return [oneDigit.format(value / 1000), "s"];
  const seconds = Math.round(value / 1000);
  if (seconds < 3600) return [two(seconds, 60, "min", "s")];
  if (seconds < 86_400) return [two(Math.round(seconds / 60), 60, "h", "min")];
  return [two(Math.round(seconds / 3600), 24, "d", "h")];
}

function two(value, base, large, small) {
  const rest = value % base;
  return `${whole.format(Math.floor(value / base))} ${large}${rest ? ` ${rest} ${small}` : ""}`;
}

export function duration(milliseconds) {
  return durationParts(milliseconds).join(" ").trim();
}

export function seconds(value) {
  return duration(known(value) ? value * 1000 : null);
}

export function instant(iso) {
  return iso ? dateTime.format(new Date(iso)) : none;
}

export function exact(iso) {
  return iso ? exactTime.format(new Date(iso)) : "";
}

export function clock(iso) {
  return iso ? clockTime.format(new Date(iso)) : none;
}

export function dayOf(iso) {
  return day.format(new Date(iso));
}

const steps = [
  [60, "second", 1],
  [3600, "minute", 60],
  [86_400, "hour", 3600],
  [30 * 86_400, "day", 86_400],
  [365 * 86_400, "month", 30 * 86_400],
  [Infinity, "year", 365 * 86_400],
];

/** "12 seconds ago"; `now` in milliseconds, so that all times of a page agree. */
export function relative(iso, now = Date.now()) {
  if (!iso) return none;
  const distance = (new Date(iso).getTime() - now) / 1000;
  if (Math.abs(distance) < 1.5) return "now";
  const [, unit, size] = steps.find(([limit]) => Math.abs(distance) < limit);
  return relativeTime.format(Math.trunc(distance / size), unit);
}

/** The label of a chart's time axis for a distance of `step` seconds between labels. */
export function axisTime(epochSeconds, step) {
  const date = new Date(epochSeconds * 1000);
  if (step < 60) return clockTime.format(date);
  if (step < 43_200) return shortClock.format(date);
  return day.format(date);
}
