// A file from its first to its last position, as far as that is known, and every committed batch in its place.
import { append, h, svg } from "../dom.js";
import { duration, number, plural, positions, positionWord } from "../format.js";

const width = 1000;
const height = 44;
const colors = ["--chart-1", "--chart-2", "--chart-3", "--chart-4", "--chart-5", "--chart-6"];

/** `owners`: which lane of which node committed each piece; the legend names them. */
export function byteRange(file, batches) {
  const owners = [...new Set(batches.map(owner))];
  const unit = file.positionUnit ?? "byte";
  const size = Math.max(1, file.endPosition ?? Math.max(...batches.map((batch) => batch.endOffset)));
  const bars = batches.map((batch) => {
    const x = (batch.startOffset / size) * width;
    const bar = svg(
      "rect",
      {
        x: x.toFixed(2),
        y: "0",
        width: Math.max(0.8, ((batch.endOffset - batch.startOffset) / size) * width - 0.8).toFixed(2),
        height: String(height),
        class: "range-bar",
      },
      svg("title", {}, describe(batch, unit)),
    );
    bar.style.fill = `var(${colors[owners.indexOf(owner(batch)) % colors.length]})`;
    const share = batch.records ? batch.rowsRejected / batch.records : 0;
    if (!share) return bar;
    const red = svg("rect", {
      x: x.toFixed(2),
      y: String(height - 5),
      width: bar.getAttribute("width"),
      height: "5",
      class: "range-rejects",
    });
    return [bar, red];
  });
  const picture = svg("svg", {
    viewBox: `0 0 ${width} ${height}`,
    preserveAspectRatio: "none",
    class: "range-svg",
    role: "img",
    "aria-label":
      `${plural(batches.length, "batch", "batches")} over ${positions(size, unit)}; ${positions(file.positionsRead, unit)} ` +
      `committed`,
  });
  append(picture, bars);
  return h(
    "div",
    { class: "range" },
    picture,
    h(
      "div",
      { class: "range-scale", "aria-hidden": "true" },
      [0, 0.25, 0.5, 0.75, 1].map((share) => h("span", {}, positions(Math.round(size * share), unit))),
    ),
    h(
      "div",
      { class: "legend" },
      owners.map((name, index) =>
        h("span", { class: "legend-item" }, swatch(colors[index % colors.length]), h("span", { class: "legend-label" }, name)),
      ),
      batches.some((batch) => batch.rowsRejected) &&
        h("span", { class: "legend-item" }, swatch("--bad"), h("span", { class: "legend-label" }, "with rejects")),
    ),
  );
}

const owner = (batch) => `${batch.node}, lane ${batch.lane}`;

function describe(batch, unit) {
  return (
    `From ${positionWord(unit)} ${number(batch.startOffset)} to ${number(batch.endOffset)}: ` +
      `${plural(batch.rowsLoaded, "row")}, ${number(batch.rowsRejected)} rejected; ` +
    `read ${duration(batch.readMs)}, wait ${duration(batch.waitMs)}, copy ${duration(batch.copyMs)}; ${owner(batch)}`
  );
}

function swatch(color) {
  const square = svg("rect", { x: "1", y: "1", width: "8", height: "8", rx: "2" });
  square.style.fill = `var(${color})`;
  return svg("svg", { viewBox: "0 0 10 10", class: "legend-swatch", "aria-hidden": "true" }, square);
}
