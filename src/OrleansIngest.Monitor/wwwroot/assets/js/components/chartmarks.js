// Marks of times on a chart: alerts, pauses and lost nodes. A line shows the beginning, a shade the duration.
import * as api from "../api.js";
import * as theme from "../theme.js";
import { visible } from "../visible.js";

const colors = { alert: "--bad", pause: "--warn", node: "--bad" };
const reach = 6; // px between the cursor and a mark

/** Drawn below the lines of the chart. */
export function drawMarks(plot, marks) {
  const { ctx, bbox } = plot;
  const { min, max } = plot.scales.x;
  if (min == null || max == null) return;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.globalAlpha = 0.09;
  for (const [kind, color] of Object.entries(colors)) {
    ctx.fillStyle = theme.color(color);
    for (const [from, to] of spans(
      marks.filter((mark) => mark.kind === kind),
      min,
      max,
    )) {
      const left = plot.valToPos(from, "x", true);
      ctx.fillRect(left, bbox.top, plot.valToPos(to, "x", true) - left, bbox.height);
    }
  }
  ctx.globalAlpha = 0.85;
  for (const { kind, from } of marks) {
    if (from < min || from > max) continue;
    const left = plot.valToPos(from, "x", true);
    ctx.strokeStyle = theme.color(colors[kind] ?? "--ink-3");
    ctx.lineWidth = devicePixelRatio;
    ctx.setLineDash(kind === "pause" ? [] : [4 * devicePixelRatio, 3 * devicePixelRatio]);
    ctx.beginPath();
    ctx.moveTo(left, bbox.top);
    ctx.lineTo(left, bbox.top + bbox.height);
    ctx.stroke();
  }
  ctx.restore();
}

/** The times covered by marks, each once: ten alerts at a time are no darker than one. */
function spans(marks, min, max) {
  const covered = [];
  const clipped = marks
    .map(({ from, to, lasts }) => [Math.max(from, min), Math.min(to ?? (lasts ? max : from), max)])
    .filter(([from, to]) => to > from)
    .sort(([a], [b]) => a - b);
  for (const [from, to] of clipped) {
    const last = covered.at(-1);
    if (last && from <= last[1]) last[1] = Math.max(last[1], to);
    else covered.push([from, to]);
  }
  // A shade over the whole chart would mark nothing.
  return covered.filter(([from, to]) => from > min || to < max);
}

/** The text of the mark under the cursor. */
export function marksNear(plot, marks, seconds) {
  if (!plot || !marks.length) return "";
  const at = plot.valToPos(seconds, "x");
  return marks
    .filter(({ from }) => Math.abs(plot.valToPos(from, "x") - at) <= reach)
    .slice(0, 2)
    .map(({ text }) => text)
    .join("; ");
}

const seconds = (iso) => Date.parse(iso) / 1000;

const texts = {
  alert: (event) => visible(event.detail, 120),
  pause: (event) => `${visible(event.pipeline, 60)} was paused`,
  node: (event) => `${visible(event.node, 60)} was lost`,
};

/** The marks of a report. */
export function marksOf(report) {
  return report.events.map((event) => ({
    kind: event.kind,
    from: seconds(event.at),
    to: event.endedAt ? seconds(event.endedAt) : null,
    lasts: event.kind !== "node" && !event.endedAt,
    text: texts[event.kind]?.(event) ?? visible(event.detail, 120),
  }));
}

/** Reads a report in the browser's time zone; a server that does not know the zone answers in UTC. */
export async function report(parameters, signal) {
  const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  try {
    return await api.get("/report", { ...parameters, timeZone }, signal);
  } catch (failure) {
    if (!(failure instanceof api.ApiError) || !failure.errors?.timeZone) throw failure;
    return api.get("/report", parameters, signal);
  }
}
