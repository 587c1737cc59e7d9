// A chart over time: uPlot with this program's looks, a legend that shows the newest values (or those under the cursor), a
// size that is reserved before there are data, and arrow keys for the cursor. All charts of a page share the cursor.
import { h, setAttribute, setText, svg } from "../dom.js";
import { axisTime, clock, duration, instant, none } from "../format.js";
import * as theme from "../theme.js";
import { drawMarks, marksNear } from "./chartmarks.js";
import { selection } from "./chartselection.js";

const font = "11px Inter, system-ui, sans-serif";

/** Steps of an axis of milliseconds, as on a clock: decimal ones would give 8 min 20 s. */
const durationSteps = [
  ...[0.01, 0.1, 1, 10, 100].flatMap((unit) => [unit, 2 * unit, 5 * unit]),
  ...[1, 2, 5, 10, 15, 30].map((seconds) => seconds * 1000),
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * 60_000),
  ...[1, 2, 3, 6, 12, 24, 48, 120, 240].map((hours) => hours * 3_600_000),
];

/**
 * `series`: [{ label, color: "--chart-1", fill, dash }]; a value of null is a gap in the line. `format(value)` with unit, for the
 * legend; `axis(value)` for the axis.
 * `href`: of the list that explains it. `stacked`: the values are drawn on top of each other, the legend shows each one's own.
 * `onZoom(from, to)`: called with ISO instants when a range was selected, with the mouse or with Shift and the arrow keys.
 */
export function chart({
  title,
  hint = null,
  href = null,
  series,
  format,
  axis = format,
  stacked = false,
  minimum = 1,
  onZoom = null,
}) {
  const legend = series.map((one) => {
    const value = h("span", { class: "legend-value" }, none);
    return {
      value,
      element: h(
        "span",
        { class: "legend-item" },
        mark(one.color, one.dash),
        h("span", { class: "legend-label" }, one.label),
        value,
      ),
    };
  });
  const when = h("span", { class: "chart-when" });
  const plotBox = h("div", { class: "chart-plot", role: "img", tabindex: "0", "aria-label": title, on: { keydown: moveCursor } });
  const note = h("p", { class: "chart-empty", hidden: true });
  const tip = h("p", { class: "chart-tip", hidden: true }); // what the mark under the cursor says
  const element = h(
    "figure",
    { class: "chart card" },
    h("figcaption", { class: "chart-head" }, h("h3", { title: hint }, href ? h("a", { href }, title) : title), when),
    h(
      "div",
      { class: "legend" },
      legend.map((item) => item.element),
    ),
    h("div", { class: "chart-frame" }, plotBox, note, tip),
  );

  let times = [];
  let values = series.map(() => []);
  let from = 0;
  let to = 0;
  let plot = null;
  let marks = [];
  const select = onZoom && selection((a, b) => onZoom(new Date(a * 1000).toISOString(), new Date(b * 1000).toISOString()));

  // New data would end a range that is being dragged.
  let isHeld = false;
  let waiting = null;
  const letGo = () => {
    if (!isHeld) return;
    isHeld = false;
    setTimeout(() => waiting?.()); // after uPlot has heard of it
  };
  plotBox.addEventListener("mousedown", () => (isHeld = onZoom !== null));
  window.addEventListener("mouseup", letGo);

  const observer = new ResizeObserver(() => (plot ? plot.setSize(size()) : draw()));
  observer.observe(plotBox);
  const stopTheme = theme.onChange(() => {
    plot?.destroy();
    plot = null;
    draw();
  });

  function size() {
    return { width: Math.max(120, plotBox.clientWidth), height: Math.max(80, plotBox.clientHeight) };
  }

  /** uPlot's data: the newest drawing order for stacks is the highest sum first, so that lower ones are painted over it. */
  function data() {
    if (!stacked) return [times, ...values];
    const sums = [];
    const empty = times.map((_, at) => values.every((list) => list[at] == null));
    values.forEach((list, index) =>
      sums.push(list.map((value, at) => (empty[at] ? null : (value ?? 0) + (index ? sums[index - 1][at] : 0)))),
    );
    return [times, ...sums.reverse()];
  }

  let timeWidth = 0; // px of the widest label below the plot
  function draw() {
    if (plot || !window.uPlot || plotBox.clientWidth === 0) return;
    const grid = theme.color("--chart-grid");
    const ink = theme.color("--ink-3");
    const lines = series.map((one) => {
      const color = theme.color(one.color);
      return {
        label: one.label,
        stroke: color,
        width: stacked ? 1 : 1.75,
        fill: stacked ? mix(color, 0.82) : one.fill ? mix(color, 0.13) : undefined,
        dash: one.dash ? [5, 4] : undefined,
        points: { show: true, size: 5, filter: (self, index) => lonely(self.data[index]) },
        spanGaps: false,
      };
    });
    if (stacked) lines.reverse();
    plot = new window.uPlot(
      {
        ...size(),
        padding: [8, () => Math.max(12, Math.ceil(timeWidth / 2)), 0, 0], // the last label is centred on the edge
        legend: { show: false },
        cursor: {
          y: false,
          points: { size: 7 },
          drag: { x: onZoom !== null, y: false, setScale: false },
          // The cursor is shared, the mouse button is not: a range is selected on one chart.
          sync: {
            key: "page",
            scales: ["x", null],
            filters: { pub: (type) => type !== "mouseup" && type !== "mousedown" && type !== "dblclick" },
          },
        },
        scales: {
          x: { time: true, range: () => [from, to] },
          y: { range: (self, low, high) => [0, Math.max(minimum, (high ?? 0) * 1.08)] },
        },
        series: [{}, ...lines],
        axes: [
          {
            stroke: ink,
            font,
            grid: { show: false },
            ticks: { show: false },
            size: 26,
            gap: 6,
            space: () => (to - from > 3 * 86_400 ? 84 : 58), // labels of days are wider
            values: (self, splits, index, space, step) => {
              const labels = splits.map((at) => axisTime(at, step));
              timeWidth = widthOf(labels);
              return labels;
            },
          },
          {
            stroke: ink,
            font,
            grid: { stroke: grid, width: 1 },
            ticks: { show: false },
            size: axisSize,
            gap: 8,
            space: 34,
            values: (self, splits) => splits.map((value) => axis(value)),
            ...(axis === duration ? { incrs: durationSteps } : {}),
          },
        ],
        hooks: {
          setCursor: [(self) => showValues(self.cursor.idx)],
          drawClear: [(self) => drawMarks(self, marks)],
          setSelect: select ? [select.taken] : [],
        },
      },
      data(),
      plotBox,
    );
  }

  function showValues(index) {
    const last = times.length - 1;
    const at = index ?? last;
    series.forEach((_, position) => {
      const list = values[position];
      setText(legend[position].value, format(index == null ? lastKnown(list, 3) : list[at]));
    });
    const moment = index == null || times[at] == null ? null : new Date(times[at] * 1000).toISOString();
    const near = moment ? marksNear(plot, marks, times[at]) : "";
    setText(when, moment ? (to - from > 86_400 ? instant(moment) : clock(moment)) : "");
    showTip(near, moment && plot.valToPos(times[at], "x"));
    const shown = series.map((one, position) => `${one.label} ${legend[position].value.textContent}`).join(", ");
    setAttribute(
      plotBox,
      "aria-label",
      `${title}: ${shown}${moment ? ` at ${clock(moment)}` : ""}${near ? `: ${near}` : ""}`,
    );
  }

  /** Over the half of the plot without the cursor: no text of a mark moves the plot. Of the charts that share the cursor, one. */
  function showTip(text, left) {
    setText(tip, text);
    tip.hidden = !text || !plotBox.matches(":hover, :focus");
    setAttribute(tip, "data-side", left > plotBox.clientWidth / 2 ? "left" : "right");
  }

  function moveCursor(event) {
    if (plot && select?.key(plot, event)) return;
    const step = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity }[event.key];
    if (!plot || step === undefined || !times.length) return;
    event.preventDefault();
    const now = plot.cursor.idx ?? times.length - 1;
    const index = Math.max(0, Math.min(times.length - 1, now + step));
    if (event.shiftKey) select?.extend(plot, times[now], times[index]);
    plot.setCursor({ left: plot.valToPos(times[index], "x"), top: 10 });
  }

  return {
    element,
    /** All data anew. `range`: the seconds that the axis shows. */
    set(newTimes, newValues, range = null) {
      if (isHeld) {
        waiting = () => this.set(newTimes, newValues, range);
        return;
      }
      waiting = null;
      times = newTimes;
      values = newValues;
      from = range?.[0] ?? times[0] ?? 0;
      to = range?.[1] ?? times.at(-1) ?? 1;
      const has = values.map((list) => list.some((value) => value != null));
      const known = has.includes(true);
      legend.forEach((item, index) => {
        item.element.hidden = known && stacked && !has[index];
      });
      note.hidden = known;
      setText(note, known ? "" : "No data in this range.");
      draw();
      plot?.setData(data());
      showValues(plot?.cursor.left >= 0 ? plot.cursor.idx : null);
    },
    /** Alerts, pauses and lost nodes: [{ kind, from, to, text }], in seconds; `to` is null for a moment and for what lasts. */
    setMarks(list) {
      marks = list;
      plot?.redraw(false, false);
    },
    dispose() {
      observer.disconnect();
      waiting = null;
      window.removeEventListener("mouseup", letGo);
      stopTheme();
      plot?.destroy();
    },
  };
}

function axisSize(self, labels) {
  return Math.max(40, widthOf(labels) + 14);
}

/** An estimate, in px. */
function widthOf(labels) {
  return Math.max(0, ...(labels ?? []).map((label) => label.length)) * 6.4;
}

/** The places of values between two gaps: they would be no line at all. */
function lonely(list) {
  return list.flatMap((value, at) => (value != null && list[at - 1] == null && list[at + 1] == null ? [at] : []));
}

function lastKnown(list, within) {
  for (let at = list.length - 1; at >= Math.max(0, list.length - within); at--) if (list[at] != null) return list[at];
  return null;
}

function mix(color, share) {
  return color.replace(/^rgb\((.*)\)$/, (all, parts) => `rgba(${parts}, ${share})`);
}

function mark(color, dash) {
  const line = svg("line", {
    x1: "1",
    y1: "5",
    x2: "13",
    y2: "5",
    "stroke-width": "3",
    "stroke-linecap": "round",
    "stroke-dasharray": dash ? "4 4" : null,
  });
  line.style.stroke = `var(${color})`;
  return svg("svg", { viewBox: "0 0 14 10", class: "legend-mark", "aria-hidden": "true" }, line);
}
