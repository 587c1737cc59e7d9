// Every pipeline in a row: what it does now, what it did in 24 hours, and what is open, each a link to the list that shows it.
import { h, setAttribute, setText } from "../dom.js";
import { clock, duration, instant, number, plural, rate } from "../format.js";
import { worstTone } from "./attention.js";
import { badge, pipelineStatus, setBadge } from "./status.js";
import { strip } from "./strip.js";
import { table } from "./table.js";
import { setAgo } from "./time.js";

/** `set(pipelines)`: PipelineSummaries; `setDay(series)`: a Series of the last 24 hours. */
export function pipelineTable() {
  let day = null;
  const list = table({
    caption: "Pipelines",
    columns: columns(
      (name) => day?.pipelines?.[name],
      () => day?.t ?? [],
    ),
    keyOf: (one) => one.name,
    className: "pipelines-table",
  });
  let shown = [];
  return {
    element: list.element,
    set(pipelines) {
      shown = pipelines;
      list.set(pipelines);
      for (const row of list.body.children) if (row.dataset.pipeline !== row.item.name) row.dataset.pipeline = row.item.name;
    },
    setDay(series) {
      day = series;
      list.set(shown);
    },
  };
}

const query = (name) => `pipeline=${encodeURIComponent(name)}`;

function columns(dayOf, times) {
  return [
    {
      key: "name",
      label: "Pipeline",
      create: () =>
        h(
          "div",
          { class: "pipeline-cell" },
          h("span", { class: "dot" }),
          h("a", { class: "strong" }, h("bdi", {})),
          badge(""),
          h("span", { class: "pipeline-now" }),
        ),
      fill(cell, pipeline) {
        const link = cell.querySelector("a");
        setAttribute(link, "href", `/pipelines/${encodeURIComponent(pipeline.name)}`);
        setText(link.firstChild, pipeline.name);
        setAttribute(cell.querySelector(".dot"), "data-tone", worstTone(pipelineStatus(pipeline), pipeline.attention));
        const state = setBadge(cell.querySelector(".badge"), pipelineStatus(pipeline));
        setAttribute(state, "title", pipeline.statusReason || null);
        setText(cell.querySelector(".pipeline-now"), now(pipeline));
      },
    },
    {
      key: "day",
      label: "Last 24 hours",
      create() {
        const bars = strip();
        const link = h("a", { class: "strip-link" }, bars.element);
        link.bars = bars;
        return link;
      },
      fill(link, pipeline) {
        setAttribute(link, "href", `/pipelines/${encodeURIComponent(pipeline.name)}?range=86400`);
        const arrays = dayOf(pipeline.name);
        if (!arrays || link.drawn === arrays) return;
        link.drawn = arrays;
        link.bars.set(times(), arrays.inputRows, arrays.rejected);
      },
    },
    linked(
      "backlog",
      "Backlog",
      (one) => `/files?status=ready&${query(one.name)}`,
      (one) => [
        one.backlog.files ? plural(one.backlog.files, "file") : "none",
        one.backlog.files ? `oldest ${duration(one.backlog.oldestSeconds * 1000)}` : "",
      ],
    ),
    linked(
      "p99",
      "Latency p99",
      (one) => `/files?sort=durationMs&dir=desc&${query(one.name)}`,
      (one) => [duration(one.latencyMs.p99), one.latencyMs.count ? "last 5 min" : "no recent files"],
    ),
    linked(
      "rejects",
      "Open rejects",
      (one) => `/rejects?${query(one.name)}`,
      (one) => [
        number(one.rejects.open),
        one.rejects.lastHour ? `${number(one.rejects.lastHour)} in the last hour` : "",
        one.rejects.open > 0 ? "warn" : null,
      ],
    ),
    {
      key: "last",
      label: "Last file",
      create: () => h("a", {}, h("time", { dataset: { ago: "" } })),
      fill(link, pipeline) {
        setAttribute(link, "href", `/files?sort=finishedAt&dir=desc&${query(pipeline.name)}`);
        setAgo(link.firstChild, pipeline.lastFileAt);
      },
    },
  ];
}

/** A value with a note below it, as one link. */
function linked(key, label, href, words) {
  return {
    key,
    label,
    create: () => h("a", { class: "cell-link" }, h("span", { class: "cell-value" }), h("span", { class: "cell-note" })),
    fill(link, pipeline) {
      const [value, note, tone = null] = words(pipeline);
      setAttribute(link, "href", href(pipeline));
      setAttribute(link, "data-tone", tone);
      setText(link.firstChild, value);
      setText(link.lastChild, note);
    },
  };
}

/** The time of day, with the date if it is another day. */
const soon = (iso) => (new Date(iso).toDateString() === new Date().toDateString() ? clock(iso).slice(0, 5) : instant(iso));

function now(pipeline) {
  const parts = [
    pipeline.inputRate > 0 && `${rate(pipeline.inputRate)} rows/s`,
    pipeline.inFlight?.files > 0 && `${plural(pipeline.inFlight.files, "file")} loading`,
    pipeline.attention?.filesQuarantined > 0 && `${plural(pipeline.attention.filesQuarantined, "file")} quarantined`,
    pipeline.attention?.filesAllRejected > 0 &&
      `${plural(pipeline.attention.filesAllRejected, "file")} with every record rejected`,
    pipeline.attention?.filesFailed > 0 && `${plural(pipeline.attention.filesFailed, "file")} failed`,
    pipeline.nextExpectedAt != null && `next file expected by ${soon(pipeline.nextExpectedAt)}`,
  ];
  return parts.filter(Boolean).join(" · ");
}
