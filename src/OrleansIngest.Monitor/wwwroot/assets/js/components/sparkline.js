// A line without axes: how something went in the last minutes. The numbers beside it say the rest.
import { setAttribute, svg } from "../dom.js";

const width = 240;
const height = 48;

export function sparkline(label) {
  const area = svg("path", { class: "spark-area" });
  const line = svg("path", { class: "spark-line" });
  const element = svg(
    "svg",
    { class: "spark", viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: "none", role: "img", "aria-label": label },
    area,
    line,
  );
  return {
    element,
    set(values) {
      const top = Math.max(1, ...values.map((value) => value ?? 0));
      const step = width / Math.max(1, values.length - 1);
      const points = values.map(
        (value, index) => `${(index * step).toFixed(1)},${(height - 2 - ((value ?? 0) / top) * (height - 4)).toFixed(1)}`,
      );
      setAttribute(line, "d", points.length ? `M${points.join("L")}` : null);
      setAttribute(area, "d", points.length ? `M0,${height}L${points.join("L")}L${width},${height}Z` : null);
    },
  };
}
