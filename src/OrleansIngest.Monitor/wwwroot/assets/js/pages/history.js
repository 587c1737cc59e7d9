// The history of a time range, and two ranges side by side.
import * as api from "../api.js";
import { chart } from "../components/chart.js";
import { marksOf, report } from "../components/chartmarks.js";
import { compareRanges } from "../components/compare.js";
import { pipelineChoices } from "../components/dropped.js";
import { choices, search, select } from "../components/fields.js";
import { icon } from "../components/icons.js";
import { historyList } from "../components/historylist.js";
import { pager } from "../components/pager.js";
import { lastNight, lastSeconds, rangeOf, ranges, today, yesterday } from "../components/ranges.js";
import { SeriesWindow } from "../components/series.js";
import { emptyState, skeleton } from "../components/states.js";
import { h, replace, setText } from "../dom.js";
import { axisNumber, duration, rate } from "../format.js";
import { getQuery, setQuery } from "../router.js";
import { alertRow, moment } from "./history/parts.js";
import { ending, heading, loader } from "./page.js";
import { visible } from "../visible.js";

export const title = "History";
const limit = 100;
const kinds = [
  ["", "Everything"],
  ["operator", "Operator actions"],
  ["alert", "Alerts"],
  ["file", "Files"],
  ["node", "Nodes"],
];

export function mount(root) {
  const end = ending();
  const given = getQuery();
  const filter = {
    range: given.range ?? "86400",
    from: given.from ?? "",
    to: given.to ?? "",
    kind: given.kind ?? "",
    pipeline: given.pipeline ?? "",
    q: given.q ?? "",
  };
  if (filter.range === "custom" && !rangeOf(filter)) filter.range = "86400"; // an invalid address
  const rangeChooser = choices(
    "Time range",
    [...ranges.slice(2), ["night", "Last night"], ["custom", "Custom"]],
    filter.range,
    (range) => {
      before = null;
      if (range === "custom" && !rangeOf(filter)) Object.assign(filter, now());
      change({ range });
    },
  );
  let before = (filter.range === "custom" && history.state?.before) || null; // the range of which a chart shows a selected part
  const zoom = (from, to) => {
    before ??= { range: filter.range, from: filter.from, to: filter.to };
    rangeChooser.set("custom");
    change({ range: "custom", from, to });
  };
  const back = h(
    "button",
    { type: "button", class: "button", id: "zoom-back", hidden: true, on: { click: zoomBack } },
    icon("undo"),
    "Back to the whole range",
  );
  const fromField = moment("From", (from) => change({ from }, { replace: true }));
  const toField = moment("To", (to) => change({ to }, { replace: true }));
  const custom = h("div", { class: "toolbar-part" }, fromField.element, toField.element);
  const kindField = select("Kind", kinds, (kind) => change({ kind }));
  kindField.input.value = filter.kind;
  const pipelineField = select("Pipeline", [["", "All pipelines"]], (pipeline) => change({ pipeline }));
  const searchField = search("Search", "File, node, person or text", (q) => change({ q }, { replace: true }));
  searchField.input.value = filter.q;
  const view = chart({
    title: "Rows per second",
    series: [{ label: "Read and committed", color: "--chart-1", fill: true }],
    format: (value) => (value == null ? "–" : `${rate(value)} rows/s`),
    axis: axisNumber,
    minimum: 10,
    onZoom: zoom,
  });
  const latency = chart({
    title: "Latency",
    series: [
      { label: "p99", color: "--chart-4", span: true },
      { label: "p50", color: "--chart-2", span: true },
    ],
    format: duration,
    minimum: 10,
    onZoom: zoom,
  });
  const digest = h("div", { class: "digest", role: "status" }, skeleton(1));
  const alerts = h("div", {}, skeleton(2));
  const box = h("div", {}, skeleton(8));
  const pages = pager(limit, () => load());
  const compare = compareRanges(end);
  const versus = h(
    "button",
    { type: "button", class: "button", id: "yesterday-today", on: { click: () => compare.show(yesterday(), today()) } },
    "Compare yesterday with today",
  );
  replace(
    root,
    heading("History", "Files, nodes, actions of operators, and alerts."),
    h(
      "div",
      { class: "stack" },
      h("section", { class: "card digest-card" }, h("h2", { class: "visually-hidden" }, "Summary"), digest),
      h("div", { class: "toolbar" }, rangeChooser.element, custom, back, pipelineField.element, versus),
      h(
        "section",
        {},
        h("h2", { class: "visually-hidden" }, "Over time"),
        h("div", { class: "chart-grid-2" }, view.element, latency.element),
      ),
      h("section", { class: "card" }, h("div", { class: "card-head" }, h("h2", {}, "Alerts in this range")), alerts),
      h(
        "section",
        { class: "card" },
        h("div", { class: "card-head" }, h("h2", {}, "Events")),
        h(
          "form",
          { class: "toolbar", role: "search", on: { submit: (event) => event.preventDefault() } },
          searchField.element,
          kindField.element,
        ),
        box,
        pages.element,
      ),
      compare.element,
    ),
  );

  function now() {
    if (filter.range === "custom") return { from: filter.from, to: filter.to };
    return filter.range === "night" ? lastNight() : lastSeconds(Number(filter.range) || 86_400);
  }

  function zoomBack() {
    const whole = before;
    before = null;
    rangeChooser.set(whole.range);
    change(whole);
    view.element.querySelector(".chart-plot").focus();
  }

  function change(values, entry = {}) {
    Object.assign(filter, values);
    pages.reset();
    const isCustom = filter.range === "custom";
    setQuery(
      {
        ...compare.query(),
        ...filter,
        range: filter.range === "86400" ? null : filter.range,
        from: isCustom ? filter.from : null,
        to: isCustom ? filter.to : null,
      },
      { ...entry, state: isCustom && before && { before } },
    );
    return refresh();
  }

  function refresh() {
    custom.hidden = filter.range !== "custom";
    back.hidden = !before;
    fromField.set(filter.from);
    toField.set(filter.to);
    loadSeries();
    loadAlerts();
    loadDigest();
    return load();
  }

  const load = loader(
    end,
    box,
    (signal) =>
      api.get(
        "/history",
        { ...now(), kind: filter.kind, pipeline: filter.pipeline, q: filter.q, limit, after: pages.cursor },
        signal,
      ),
    (answer) => {
      pages.set(answer, "events");
      replace(
        box,
        answer.items.length
          ? historyList(answer.items)
          : emptyState({
              title: "No events",
              symbol: "history",
              hints: ["The history has no matching events in this range. Choose a longer range."],
            }),
      );
    },
    { keep: true },
  );
  const loadSeries = loader(
    end,
    box,
    (signal) => api.get("/series", { ...now(), pipeline: filter.pipeline, points: 300 }, signal),
    (answer) => {
      const series = new SeriesWindow(0);
      series.load(answer);
      view.set(series.t, [series.total("inputRate")], series.range);
      latency.set(series.t, [series.total("latencyP99Ms", Math.max), series.total("latencyP50Ms", Math.max)], series.range);
    },
    { keep: true },
  );
  const loadAlerts = loader(
    end,
    alerts,
    (signal) => api.get("/alerts", { state: "all" }, signal),
    (answer) => {
      const { from, to } = now();
      const inRange = answer.items.filter(
        (alert) => Date.parse(alert.firedAt) <= Date.parse(to) && Date.parse(alert.resolvedAt ?? to) >= Date.parse(from),
      );
      replace(
        alerts,
        inRange.length
          ? h("ul", { class: "alert-list" }, inRange.map(alertRow))
          : h("p", { class: "hint" }, "No alerts fired in this range."),
      );
    },
    { keep: true },
  );

  const loadDigest = loader(
    end,
    digest,
    (signal) => {
      const { from, to } = now();
      const isOpen = filter.range !== "custom" && Date.parse(to) > Date.now() - 60_000;
      return report({ from, to: isOpen ? null : to, pipeline: filter.pipeline }, signal);
    },
    (answer) => {
      setText(digest, visible(answer.text, 2000));
      for (const one of [view, latency]) one.setMarks(marksOf(answer));
    },
    { keep: true },
  );

  refresh();
  end.every(15_000, () => {
    if (pages.isFirst && filter.range !== "custom" && !box.contains(document.activeElement)) {
      load();
      loadSeries();
      loadAlerts();
      loadDigest();
    }
  });
  api.get("/pipelines").then(
    (list) => {
      if (end.isOver()) return;
      pipelineField.setOptions([["", "All pipelines"], ...pipelineChoices(list.items)]);
      pipelineField.input.value = filter.pipeline;
    },
    () => {},
  );
  end.add(view.dispose, latency.dispose);
  return end;
}
