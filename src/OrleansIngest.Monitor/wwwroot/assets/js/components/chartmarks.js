// What marks a time on a chart: an alert that fired, a pause, a node that was lost. A line where it began, and a shade while it lasted.
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
  for (const { kind, from, to, lasts } of marks) {
    const end = to ?? (lasts ? max : from);
    if (end < min || from > max) continue;
    const color = theme.color(colors[kind] ?? "--ink-3");
    const left = plot.valToPos(Math.max(from, min), "x", true);
    const right = plot.valToPos(Math.min(end, max), "x", true);
    ctx.fillStyle = color;
    ctx.strokeStyle = color;
    if (right > left) {
      ctx.globalAlpha = 0.09;
      ctx.fillRect(left, bbox.top, right - left, bbox.height);
    }
    if (from < min) continue;
    ctx.globalAlpha = 0.85;
    ctx.lineWidth = devicePixelRatio;
    ctx.setLineDash(kind === "pause" ? [] : [4 * devicePixelRatio, 3 * devicePixelRatio]);
    ctx.beginPath();
    ctx.moveTo(left, bbox.top);
    ctx.lineTo(left, bbox.top + bbox.height);
    ctx.stroke();
  }
  ctx.restore();
}

/** What marks the moment under the cursor, as a text. */
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
