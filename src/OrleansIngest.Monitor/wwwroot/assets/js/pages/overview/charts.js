// The charts of the overview: all pipelines, the last minutes.
import { chart } from "../../components/chart.js";
import { axisNumber, duration, number, rate } from "../../format.js";
import { go } from "../../router.js";

/** A selected range opens in the history; the browser's Back button returns here. */
const onZoom = (from, to) => go(`/history?${new URLSearchParams({ range: "custom", from, to })}`);

/** [{ view, values(series) }] */
export function makeCharts() {
  const perSecond = (value) => (value == null ? "–" : `${rate(value)} rows/s`);
  return [
    {
      view: chart({
        title: "Rows per second",
        href: "/files?sort=finishedAt&dir=desc",
        hint: "Averaged over 10 seconds",
        series: [{ label: "Read and committed", color: "--chart-1", fill: true }],
        format: perSecond,
        axis: axisNumber,
        minimum: 10,
        onZoom,
      }),
      values: (series) => [series.totalRate("inputRate")],
    },
    {
      view: chart({
        title: "Latency",
        href: "/files?sort=durationMs&dir=desc",
        hint: "From a file in place to visible rows",
        series: [
          { label: "p99", color: "--chart-4" },
          { label: "p50", color: "--chart-2" },
        ],
        format: duration,
        minimum: 10,
        onZoom,
      }),
      values: (series) => [
        series.recent(series.total("latencyP99Ms", Math.max), Math.max),
        series.recent(series.total("latencyP50Ms", Math.max)),
      ],
    },
    {
      view: chart({
        title: "Backlog",
        href: "/files?status=ready",
        hint: "Files waiting at the end of each interval",
        series: [{ label: "Files waiting", color: "--chart-5", fill: true }],
        format: number,
        axis: axisNumber,
        minimum: 4,
        onZoom,
      }),
      values: (series) => [series.total("backlogFiles")],
    },
    {
      view: chart({
        title: "Rejected rows",
        href: "/rejects",
        series: [{ label: "Rejected per second", color: "--chart-4", fill: true }],
        format: rate,
        axis: axisNumber,
        minimum: 4,
        onZoom,
      }),
      values: (series) => [series.totalRate("rejected")],
    },
  ];
}
