// Twenty-four hours of a pipeline as bars: what was loaded, and on top of it what was rejected. Hours without records have
// no bar.
import { setAttribute, svg } from "../dom.js";
import { clock, compact, number, plural } from "../format.js";

const height = 28;
const step = 5; // a bar of 4 and a gap of 1

/** `set(seconds[], records[], rejected[])`: arrays of one length. */
export function strip() {
  const bars = svg("g", {});
  const element = svg("svg", { class: "strip", role: "img", "aria-label": "Last 24 hours", preserveAspectRatio: "none" }, bars);
  return {
    element,
    set(times, records, rejected) {
      const most = Math.max(1, ...records);
      setAttribute(element, "viewBox", `0 0 ${Math.max(1, times.length * step - 1)} ${height}`);
      bars.replaceChildren(
        svg("rect", { class: "strip-ground", x: 0, y: height - 1, width: times.length * step - 1, height: 1 }),
        ...times.flatMap((at, index) => (records[index] ? column(at, index, records[index], rejected[index], most) : [])),
      );
      const sum = (list) => list.reduce((a, b) => a + b, 0);
      setAttribute(
        element,
        "aria-label",
        `Last 24 hours: ${plural(sum(records) - sum(rejected), "record")} loaded, ${number(sum(rejected))} rejected`,
      );
    },
  };
}

function column(at, index, records, rejected, most) {
  const whole = Math.max(2, (records / most) * height);
  // A few rejects among millions are seen too.
  const bad = rejected ? Math.min(whole, Math.max(2, (rejected / most) * height)) : 0;
  const rect = (className, y, size) =>
    svg("rect", { class: className, x: index * step, y: y.toFixed(1), width: step - 1, height: size.toFixed(1) });
  const time = clock(new Date(at * 1000).toISOString()).slice(0, 5);
  return svg(
    "g",
    {},
    svg("title", {}, `${time}: ${compact(records - rejected)} loaded, ${compact(rejected)} rejected`),
    rect("strip-good", height - whole + bad, whole - bad),
    bad ? rect("strip-bad", height - whole, bad) : null,
  );
}
