// The overview: what needs attention, and the state of each pipeline, live.
import * as api from "../api.js";
import { showAttention } from "../components/attention.js";
import { marksOf, report } from "../components/chartmarks.js";
import { lasting } from "../components/dropped.js";
import { liveFiles } from "../components/livefiles.js";
import { nodeList } from "../components/nodelist.js";
import { needsList } from "../components/needs.js";
import { pipelineTable } from "../components/pipelinetable.js";
import { lastSeconds } from "../components/ranges.js";
import { SeriesWindow } from "../components/series.js";
import { pipelineStatus } from "../components/status.js";
import { emptyState, skeleton } from "../components/states.js";
import { h, replace, setAttribute, setText } from "../dom.js";
import { bytes, plural, rate } from "../format.js";
import * as live from "../live.js";
import { makeCharts } from "./overview/charts.js";
import { ending, heading, loader } from "./page.js";

export const title = "Overview";
const shownSeconds = 300;

export function mount(root) {
  const end = ending();
  const series = new SeriesWindow(shownSeconds);
  const head = heading("Overview", " ");
  const open = h("p", { class: "attention", hidden: true });
  head.querySelector("h1").after(open);
  const needs = needsList();
  const pipelines = pipelineTable();
  const pipelineBox = h("div", { class: "stack" }, h("div", { class: "card" }, skeleton(2 + rememberedRows())));
  const rows = h("section", { class: "card list-card", "aria-label": "Pipelines" }, pipelines.element);
  const overall = h("div", { class: "stack" }, needs.element, rows);
  const charts = makeCharts();
  const files = liveFiles({ limit: 8 });
  const nodes = nodeList(end);
  const rest = h(
    "div",
    { class: "stack" },
    h(
      "section",
      { "aria-labelledby": "charts-title" },
      h("h2", { id: "charts-title", class: "section-title" }, "Last 5 minutes, all pipelines"),
      h(
        "div",
        { class: "chart-grid chart-grid-2" },
        charts.map(({ view }) => view.element),
      ),
    ),
    h(
      "div",
      { class: "two-columns" },
      h(
        "section",
        { class: "card" },
        h("div", { class: "card-head" }, h("h2", {}, "Latest files"), h("a", { href: "/files" }, "All files")),
        files.element,
      ),
      h(
        "section",
        { class: "card" },
        h("div", { class: "card-head" }, h("h2", {}, "Nodes"), h("a", { href: "/nodes" }, "All nodes")),
        nodes.element,
      ),
    ),
  );
  replace(root, head, h("div", { class: "stack" }, pipelineBox, rest));

  function show(overview) {
    const [verdict, detail] = summary(overview);
    const title = head.querySelector("h1");
    if (verdict) {
      title.dataset.shown = "";
      setAttribute(title, "data-tone", null);
      setText(title, verdict);
      showAttention(open, overview.attention);
    } else {
      showAttention(title, overview.attention);
      open.hidden = true;
    }
    setText(head.querySelector(".sub"), detail);
    rest.hidden = overview.pipelines.length === 0;
    if (rest.hidden) {
      replace(pipelineBox, noPipelines());
      return;
    }
    if (overall.parentNode !== pipelineBox) replace(pipelineBox, overall);
    const shown = lasting(overview.pipelines);
    rows.hidden = shown.length === 0;
    rememberRows(shown.length);
    needs.set(overview.needsAttention);
    pipelines.set(shown);
  }

  function draw() {
    for (const { view, values } of charts) view.set(series.t, values(series), series.range);
  }

  let isKnown = false;
  const load = loader(
    end,
    pipelineBox,
    (signal) => api.get("/overview", {}, signal),
    (overview) => {
      isKnown = true;
      if (overview.series) series.load(overview.series);
      show(overview);
      draw();
    },
    { keep: true },
  );
  load();
  // The strips: half an hour per bar. They may arrive later than the rest.
  const loadDay = () =>
    api.get("/series", { ...lastSeconds(86_400), points: 48 }).then(
      (day) => !end.isOver() && pipelines.setDay(day),
      () => {}, // the page already reports the outage
    );
  loadDay();
  end.every(60_000, loadDay);
  const loadMarks = () =>
    report(lastSeconds(shownSeconds)).then(
      (answer) => !end.isOver() && charts.forEach(({ view }) => view.setMarks(marksOf(answer))),
      () => {},
    );
  loadMarks();
  end.every(15_000, loadMarks);
  end.add(
    live.on("overview", (overview) => {
      if (!isKnown) return; // the first answer contains the past
      if (series.push(overview.point)) draw();
      show(overview);
    }),
  );
  // After an outage, load the missing seconds.
  let first = true;
  end.add(
    live.onState((state) => {
      if (state === "live" && !first) load();
      first = false;
    }),
  );
  end.add(() => charts.forEach(({ view }) => view.dispose()), files.dispose);
  return end;
}

/** The last number of pipelines, for placeholders of the right height. */
function rememberedRows() {
  try {
    return Math.min(20, Number(localStorage.getItem("ingest-pipelines")) || 1);
  } catch {
    return 1;
  }
}

function rememberRows(count) {
  try {
    localStorage.setItem("ingest-pipelines", count);
  } catch {
    // the layout shifts a little
  }
}

/** The state of everything in a sentence, and the totals. Without a sentence, the open items are the state. */
function summary(overview) {
  const pipelines = overview.pipelines;
  const of = (status) => pipelines.filter((pipeline) => pipelineStatus(pipeline) === status);
  const waiting = pipelines.reduce((sum, pipeline) => sum + (pipeline.backlog?.files ?? 0), 0);
  const names = (list) => list.map((pipeline) => pipeline.name).join(", ");
  const totals = overview.totals ?? {};
  const detail =
    `${plural(totals.filesLoaded, "file")} and ${plural(totals.rowsLoaded, "row")} loaded, ` +
    `${plural(totals.openRejects, "open reject")}, ${bytes(totals.bytes)} read.`;
  const processed = pipelines.reduce((sum, pipeline) => sum + (pipeline.inputRate ?? 0), 0);
  if (overview.database?.state === "away") return ["Waiting for the database", detail];
  if (pipelines.length === 0) return ["No pipelines yet", "This database has no pipelines."];
  if (of("stalled").length) return [`${names(of("stalled"))} ${of("stalled").length === 1 ? "is" : "are"} stalled`, detail];
  const lacking = of("no-coordinator").length;
  // those of the command line need no node
  const all = lasting(pipelines);
  if (lacking && lacking + of("load").length === all.length) return ["No node is running", detail];
  // A few records that were read moments ago are no load in progress.
  if (of("running").length && (processed >= 1 || pipelines.some((pipeline) => pipeline.inFlight?.files > 0)))
    return [processed >= 1 ? `Reading ${rate(processed)} records per second` : "Loading files", detail];
  if (all.length && of("paused").length === all.length) return [all.length === 1 ? "Paused" : "All pipelines are paused", detail];
  const paused = of("paused").filter((pipeline) => pipeline.backlog?.files > 0);
  const isHeld = paused.reduce((sum, pipeline) => sum + pipeline.backlog.files, 0) === waiting;
  if (waiting)
    return [
      `${plural(waiting, "file")} waiting${isHeld ? `: ${names(paused)} ${paused.length === 1 ? "is" : "are"} paused` : ""}`,
      detail,
    ];
  return [overview.attention?.text ? null : "Up to date", detail];
}

function noPipelines() {
  return h(
    "section",
    { class: "card" },
    emptyState({
      title: "No pipeline has run on this database yet",
      symbol: "pipeline",
      hints: [
        "A pipeline loads the files of a watched directory into a table. Start one, and it appears here:",
        h("code", { class: "block" }, "ingest up --watch DIRECTORY --table TABLE"),
        "To try it with generated data first:",
        h("code", { class: "block" }, "ingest demo --stay"),
      ],
    }),
  );
}
