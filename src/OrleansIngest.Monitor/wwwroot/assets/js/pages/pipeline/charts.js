// The charts of a pipeline.
import { chart } from "../../components/chart.js";
import { axisNumber, duration, number, rate } from "../../format.js";

const operations = [
  ["listMs", "List", "--chart-6"],
  ["claimMs", "Claim", "--chart-5"],
  ["readMs", "Read and parse", "--chart-1"],
  ["waitMs", "Wait for a lane", "--chart-3"],
  ["copyMs", "Copy", "--chart-2"],
  ["commitMs", "Commit", "--chart-4"],
];

/** [{ view, values(series, name) }]; `onZoom(from, to)` is that of the charts. */
export function makeCharts(onZoom) {
  const perSecond = (value) => (value == null ? "–" : `${rate(value)} rows/s`);
  const plain = (series, name, key) => series.values(name, key);
  const recent = (series, name, key) => series.rate(name, key); // null, and so a gap, where nothing was done
  const one = (titleText, label, key, color, format, axis, pick, more = {}) => ({
    view: chart({ title: titleText, series: [{ label, color, fill: true }], format, axis, onZoom, ...more }),
    values: (series, name) => [pick(series, name, key)],
  });
  return [
    one("Input rate", "Rows read", "inputRate", "--chart-3", perSecond, axisNumber, recent, {
      minimum: 10,
      hint: "Rows read per second, averaged over 10 seconds",
    }),
    one("Process rate", "Rows processed", "processRate", "--chart-1", perSecond, axisNumber, recent, {
      minimum: 10,
      hint: "Rows per second of processing time: a value above the input rate means spare capacity",
    }),
    one("Input rows", "Rows read per interval", "inputRows", "--chart-1", number, axisNumber, plain, { minimum: 10 }),
    one("Batch duration", "Mean of batches", "batchMs", "--chart-2", duration, duration, recent, { minimum: 10 }),
    {
      view: chart({
        title: "Operation duration",
        hint:
          "Mean per batch. Batches that share a transaction share its commit time. List and claim: live, per round of the " +
          "coordinator",
        stacked: true,
        series: operations.map(([, label, color]) => ({ label, color })),
        format: duration,
        minimum: 10,
        onZoom,
      }),
      values: (series, name) => operations.map(([key]) => series.rate(name, key)),
    },
    {
      view: chart({
        title: "Latency",
        hint: "From a file in place to visible rows",
        series: [
          { label: "p99", color: "--chart-4" },
          { label: "p50", color: "--chart-2" },
        ],
        format: duration,
        minimum: 10,
        onZoom,
      }),
      values: (series, name) => [series.recent(series.values(name, "latencyP99Ms"), Math.max), series.rate(name, "latencyP50Ms")],
    },
    one("Backlog", "Files waiting", "backlogFiles", "--chart-5", number, axisNumber, plain, {
      minimum: 4,
      hint: "Files waiting at the end of each interval",
    }),
    one("Rejected rows", "Rejected per interval", "rejected", "--chart-4", number, axisNumber, plain, { minimum: 4 }),
  ];
}
