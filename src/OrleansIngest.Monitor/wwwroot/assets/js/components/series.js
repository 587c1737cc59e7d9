// A Series of the API for the charts: a time window that advances with every live point.

const smoothed = 10; // seconds

/** Sums or picks over pipelines and keeps `seconds` of them. */
export class SeriesWindow {
  constructor(seconds) {
    this.seconds = seconds;
    this.clear();
  }

  clear() {
    this.t = [];
    this.pipelines = new Map();
    this.stepSeconds = 1;
    this.range = null;
  }

  load(series) {
    this.clear();
    this.t = [...series.t];
    this.stepSeconds = series.stepSeconds;
    for (const [name, arrays] of Object.entries(series.pipelines ?? {})) {
      this.pipelines.set(name, Object.fromEntries(Object.entries(arrays).map(([key, list]) => [key, [...list]])));
    }
    const to = toSeconds(series.to) ?? this.t.at(-1);
    this.range = to == null ? null : [toSeconds(series.from) ?? to - this.seconds, to];
  }

  /** Adds a live point; only windows of one-second steps take them. */
  push(point) {
    if (!point || this.stepSeconds !== 1 || point.t <= (this.t.at(-1) ?? 0)) return false;
    // Missing seconds are a gap, not a straight line.
    const gap = Math.min(point.t - (this.t.at(-1) ?? point.t - 1) - 1, this.seconds);
    for (let missing = gap; missing > 0; missing--) {
      this.t.push(point.t - missing);
      for (const arrays of this.pipelines.values()) for (const list of Object.values(arrays)) list.push(null);
    }
    this.t.push(point.t);
    for (const name of Object.keys(point.pipelines ?? {})) if (!this.pipelines.has(name)) this.pipelines.set(name, {});
    for (const [name, arrays] of this.pipelines) {
      const values = point.pipelines?.[name] ?? {};
      for (const key of new Set([...Object.keys(arrays), ...Object.keys(values)])) {
        arrays[key] ??= new Array(this.t.length - 1).fill(null);
        arrays[key].push(values[key] ?? null);
      }
    }
    const first = this.t.findIndex((t) => t > point.t - this.seconds);
    if (first > 0) {
      this.t.splice(0, first);
      for (const arrays of this.pipelines.values()) for (const list of Object.values(arrays)) list.splice(0, first);
    }
    this.range = [point.t - this.seconds + 1, point.t];
    return true;
  }

  /** One pipeline's values, or nulls. */
  values(name, key) {
    return this.pipelines.get(name)?.[key] ?? new Array(this.t.length).fill(null);
  }

  /** One pipeline's values as the mean of the last 10 seconds, as the numbers beside the charts are: files come in gusts. */
  rate(name, key) {
    return this.recent(this.values(name, key));
  }

  /** The same over all pipelines. */
  totalRate(key) {
    return this.recent(this.total(key));
  }

  /** The mean, or the greatest (`Math.max`), of what is known of the last 10 seconds; null when that is nothing. */
  recent(list, combine = null) {
    const width = Math.max(1, Math.round(smoothed / this.stepSeconds));
    if (width === 1) return list;
    return list.map((_, at) => {
      const known = list.slice(Math.max(0, at - width + 1), at + 1).filter((value) => value != null);
      if (!known.length) return null;
      return combine ? combine(...known) : known.reduce((a, b) => a + b, 0) / known.length;
    });
  }

  /** Over all pipelines: the sum, or the greatest (latencies do not add up); null where unknown. */
  total(key, combine = (a, b) => a + b) {
    const lists = [...this.pipelines.values()].map((arrays) => arrays[key]).filter(Boolean);
    return this.t.map((_, at) =>
      lists.reduce((sum, list) => (list[at] == null ? sum : sum == null ? list[at] : combine(sum, list[at])), null),
    );
  }
}

function toSeconds(value) {
  if (value == null) return null;
  return typeof value === "number" ? value : new Date(value).getTime() / 1000;
}
