// One pipeline: its numbers, charts, latest files and states.
import * as api from "../api.js";
import { showAttention } from "../components/attention.js";
import { marksOf, report } from "../components/chartmarks.js";
import { choices } from "../components/fields.js";
import { icon } from "../components/icons.js";
import { liveFiles } from "../components/livefiles.js";
import { canRemove, removePipeline, setPaused } from "../components/pipeline-actions.js";
import { pipelineStats, reasonOf } from "../components/pipelinestats.js";
import { lastSeconds, rangeOf, ranges, rangeText } from "../components/ranges.js";
import { SeriesWindow } from "../components/series.js";
import { skeleton } from "../components/states.js";
import { badge, pipelineStatus, setBadge, statusTone } from "../components/status.js";
import { editStored, findStored, removeStored } from "../components/storedpipeline.js";
import { h, replace, setText } from "../dom.js";
import { clock, instant, number } from "../format.js";
import * as live from "../live.js";
import { getQuery, go, setQuery } from "../router.js";
import { ending, loader } from "./page.js";
import { makeCharts } from "./pipeline/charts.js";

export const title = (name) => name;
const defaultRange = "300";

export function mount(root, [name]) {
  const end = ending();
  const path = `/pipelines/${encodeURIComponent(name)}`;
  const isRange = (given) => ranges.some(([key]) => key === given);
  let range = [getQuery().range, history.state?.whole].find(isRange) ?? defaultRange;
  let part = getQuery().range === "custom" ? rangeOf(getQuery()) : null; // selected on a chart
  let series = new SeriesWindow(Number(range));
  const state = badge("");
  const reason = h("span", { class: "muted" });
  const open = h("span", { class: "attention", hidden: true });
  const stateLine = h("p", { class: "state-line", hidden: true }, state, reason, open);
  const where = h("p", { class: "sub" }, " ");
  const pauseButton = h("button", { type: "button", class: "button", id: "pause", hidden: true, on: { click: pause } });
  const removeButton = h(
    "button",
    { type: "button", class: "button", id: "remove", hidden: true, on: { click: remove } },
    icon("remove"),
    "Remove",
  );
  const editButton = h(
    "button",
    { type: "button", class: "button", id: "edit-pipeline", hidden: true, on: { click: edit } },
    icon("edit"),
    "Edit",
  );
  let stored = null; // its version in the database
  const numbers = pipelineStats();
  const counts = h("ul", { class: "count-list" });
  const charts = makeCharts((from, to) => choosePart({ from, to }));
  const partText = h("span", {}, "");
  const partChip = h(
    "button",
    { type: "button", class: "chip", id: "zoom-back", hidden: true, on: { click: () => choosePart(null) } },
    partText,
    icon("close"),
    h("span", { class: "visually-hidden" }, "Back to the whole range"),
  );
  const rangeChooser = choices("Time range", ranges, range, (chosen) => {
    range = chosen;
    choosePart(null);
  });

  function choosePart(chosen) {
    part = chosen;
    setQuery(part ? { range: "custom", ...part } : { range: range === defaultRange ? null : range }, { state: { whole: range } });
    showPart();
    loadSeries();
    loadMarks();
  }

  function showPart() {
    partChip.hidden = !part;
    rangeChooser.set(part ? null : range);
    setText(partText, part ? rangeText(part, instant, clock) : "");
  }
  const shownRange = () => part ?? lastSeconds(Number(range));
  const files = liveFiles({ limit: 8, pipeline: name });
  const body = h("div", { class: "stack" }, skeleton(2, "card"));
  const content = [
    h("section", { class: "card", "aria-label": "Now" }, numbers.element),
    h(
      "section",
      { class: "stack-s" },
      h("div", { class: "section-head" }, h("h2", {}, "Over time"), partChip, rangeChooser.element),
      h(
        "div",
        { class: "chart-grid" },
        charts.map(({ view }) => view.element),
      ),
    ),
    h(
      "div",
      { class: "two-columns" },
      h(
        "section",
        { class: "card" },
        h(
          "div",
          { class: "card-head" },
          h("h2", {}, "Latest files"),
          h("a", { href: `/files?pipeline=${encodeURIComponent(name)}` }, "All files of the pipeline"),
        ),
        files.element,
      ),
      h(
        "section",
        { class: "card" },
        h("div", { class: "card-head" }, h("h2", {}, "Files by state")),
        counts,
        h(
          "p",
          { class: "hint pad" },
          "In the format of Spark's StreamingQueryProgress: ",
          h("a", { href: `/api/v1${path}/progress?last=10`, target: "_blank" }, "progress"),
          ", ",
          h("a", { href: `/api/v1${path}/status`, target: "_blank" }, "status"),
        ),
      ),
    ),
  ];
  replace(
    root,
    h(
      "div",
      { class: "page-head" },
      h("div", {}, h("h1", {}, h("bdi", {}, name)), stateLine, where),
      h("div", { class: "page-actions" }, pauseButton, editButton, removeButton),
    ),
    body,
  );

  let pipeline = null;
  let shown = false;
  function show(now) {
    pipeline = now;
    if (!shown) replace(body, content);
    shown = true;
    stateLine.hidden = false;
    setBadge(state, pipelineStatus(now));
    setText(reason, reasonOf(now));
    showAttention(open, now.attention, name);
    setText(where, `${(now.watch ?? []).join(", ")} → ${now.table}`);
    numbers.set(now);
    const paused = isPaused();
    pauseButton.hidden = now.status === "load"; // no silo runs it
    drawButtons();
    if (pauseButton.dataset.paused !== String(paused)) {
      pauseButton.dataset.paused = paused;
      replace(pauseButton, icon(paused ? "play" : "pause"), paused ? "Resume" : "Pause");
    }
    replaceCounts(counts, name, now.files ?? {});
  }

  const isPaused = () => pipeline.operatorState?.paused ?? pipeline.status === "paused";

  async function pause() {
    const answer = await setPaused(name, !isPaused());
    if (answer !== undefined) load();
  }

  // What is in a configuration file is edited and removed there.
  function drawButtons() {
    editButton.hidden = !stored;
    removeButton.hidden = !stored && !canRemove(pipeline);
  }

  const loadStored = () =>
    findStored(name).then(
      (found) => {
        stored = found;
        if (pipeline && !end.isOver()) drawButtons();
      },
      () => {}, // the page already reports the outage
    );

  async function edit() {
    if ((await editStored(stored)) !== undefined) loadStored();
  }

  async function remove() {
    if (!stored) {
      if (await removePipeline(pipeline)) go("/");
    } else if ((await removeStored(name)) !== undefined) {
      loadStored();
    }
  }

  function draw() {
    for (const { view, values } of charts) view.set(series.t, values(series, name), series.range);
  }

  const load = loader(end, body, (signal) => api.get(path, {}, signal), show, { keep: true });
  const loadSeries = loader(
    end,
    body,
    (signal) => api.get("/series", { pipeline: name, ...shownRange(), points: 300 }, signal),
    (answer) => {
      series = new SeriesWindow(Number(range));
      series.load(answer);
      draw();
    },
    { keep: true },
  );
  const loadMarks = loader(
    end,
    h("div", {}), // marks that cannot be read are missing, and nothing else is
    (signal) => report({ pipeline: name, from: shownRange().from, to: part?.to }, signal),
    (answer) => charts.forEach(({ view }) => view.setMarks(marksOf(answer))),
    { keep: true },
  );
  showPart();
  load().then(loadSeries).then(loadMarks);
  loadStored();
  end.every(30_000, loadMarks);

  end.add(
    live.on("overview", (overview) => {
      const now = overview.pipelines.find((candidate) => candidate.name === name);
      if (!now || !pipeline) return;
      const paused = now.status === "paused";
      show({
        ...pipeline,
        ...now,
        operatorState: {
          ...pipeline.operatorState,
          paused: paused || (now.status !== "running" && now.status !== "idle" && isPaused()),
        },
      });
      const point = overview.point;
      if (part) return; // what is past does not change
      if (point && point.t > (series.t.at(-1) ?? 0) && series.push(point)) draw();
      else if (series.t.length && Date.now() / 1000 - series.range[1] >= Math.max(5, series.stepSeconds)) loadSeries();
    }),
  );
  end.add(files.dispose, () => charts.forEach(({ view }) => view.dispose()));
  return end;
}

function replaceCounts(list, name, counts) {
  const text = JSON.stringify(counts);
  if (list.dataset.shown === text) return;
  list.dataset.shown = text;
  const href = (status) => `/files?pipeline=${encodeURIComponent(name)}&status=${status}`;
  replace(
    list,
    Object.entries(counts).map(([status, count]) =>
      h(
        "li",
        {},
        h(
          "a",
          { class: "count", href: href(status), "data-empty": count === 0 },
          h("span", { class: "dot", dataset: { tone: statusTone(status) } }),
          h("span", { class: "grow" }, status),
          h("span", { class: "count-number" }, number(count)),
        ),
      ),
    ),
  );
}
