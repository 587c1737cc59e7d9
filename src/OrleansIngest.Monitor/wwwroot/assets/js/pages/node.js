// One node: its present work, its last hours, its events.
import * as api from "../api.js";
import { chart } from "../components/chart.js";
import { elided, setElided } from "../components/elided.js";
import { historyList } from "../components/historylist.js";
import { icon } from "../components/icons.js";
import { progress } from "../components/progress.js";
import { skeleton } from "../components/states.js";
import { stat, stats } from "../components/stat.js";
import { badge, setBadge } from "../components/status.js";
import { table, textColumn } from "../components/table.js";
import { at, setAgo } from "../components/time.js";
import { h, replace, setAttribute, setText } from "../dom.js";
import { axisNumber, bytes, bytesParts, duration, number, plural, rate } from "../format.js";
import { cores, isGone } from "./nodes.js";
import { ending, loader } from "./page.js";
import { baseName, visible } from "../visible.js";

export const title = (name) => name;
const every = 2000; // ms, as often as a node sends its heartbeat

export function mount(root, [name]) {
  const end = ending();
  let drawn = ""; // the events that are shown
  const state = h("p", { class: "state-line" });
  const about = h("p", { class: "sub" });
  const tiles = {
    rows: stat("Rows per second"),
    files: stat("Files in flight"),
    cpu: stat("CPU"),
    memory: stat("Memory in use"),
    batches: stat("Batch memory", { hint: "Memory of batches that are being filled or are waiting for a lane" }),
    lanes: stat("Busy lanes", { hint: "Connections that are committing" }),
    parsers: stat("Busy parse slots", { hint: "Files being read and parsed now" }),
    ran: stat("Uptime"),
  };
  const charts = makeCharts();
  const loading = table({
    caption: "Files in progress",
    columns: loadingColumns,
    keyOf: (file) => file.id,
    className: "files-table",
  });
  const done = table({
    caption: "Files with batches committed by this node",
    columns: doneColumns,
    keyOf: (file) => file.fileId,
    className: "files-table",
  });
  const loadingBox = h("div", {}, skeleton(2));
  const doneBox = h("div", {}, skeleton(4));
  const eventBox = h("div", {}, skeleton(3));
  const body = h(
    "div",
    { class: "stack" },
    h("section", { class: "card", "aria-label": "Now" }, stats(Object.values(tiles))),
    h(
      "section",
      { "aria-labelledby": "node-charts" },
      h("h2", { id: "node-charts", class: "section-title" }, "Last 2 hours"),
      h(
        "div",
        { class: "chart-grid chart-grid-2" },
        charts.map(({ view }) => view.element),
      ),
    ),
    card("Loading now", loadingBox),
    card(
      "Latest files",
      doneBox,
      h("a", { href: `/files?node=${encodeURIComponent(name)}&sort=finishedAt&dir=desc` }, "All files of this node"),
    ),
    card("Events", eventBox),
  );
  const box = h("div", {}, body);
  replace(
    root,
    h(
      "div",
      { class: "page-head" },
      h("div", {}, h("h1", {}, h("bdi", {}, visible(name))), state, about),
      h("div", { class: "page-actions" }, h("a", { class: "button", href: "/nodes" }, icon("nodes"), "All nodes")),
    ),
    box,
  );

  const load = loader(
    end,
    box,
    async (signal) => {
      const [detail, files] = await Promise.all([
        api.get(`/nodes/${encodeURIComponent(name)}`, {}, signal),
        api.get("/files", { node: name, status: "loading", limit: 50 }, signal),
      ]);
      return { ...detail, loading: files.items };
    },
    (now) => {
      if (!body.isConnected) replace(box, body);
      showNode(now.node);
      for (const { view, values } of charts) view.set(now.series.t, values(now.series), [now.series.t[0], now.series.t.at(-1)]);
      show(loadingBox, loading, now.loading, "No files in progress.");
      show(doneBox, done, now.files, "No committed batches, or only batches that are older than the retention time.");
      showEvents(now.events);
    },
    { keep: true },
  );
  load();
  end.every(every, load);
  end.add(() => charts.forEach(({ view }) => view.dispose()));
  return end;

  function showNode(node) {
    const gone = isGone(node);
    const endedAt = node.leftAt ?? (node.state === "silent" ? node.heartbeatAt : null);
    const text = `${node.state} ${endedAt} ${node.version}`;
    if (state.dataset.shown !== text) {
      state.dataset.shown = text;
      replace(
        state,
        badge(node.state),
        h("span", { class: "muted" }, "started ", at(node.startedAt), endedAt && [", last seen ", at(endedAt)]),
      );
      replace(
        about,
        `${node.kind} ${node.version} on `,
        h("bdi", {}, node.host),
        `, process ${node.pid}`,
        node.address && [", silo at ", h("bdi", {}, node.address)],
      );
    }
    const now = (parts) => (gone ? ["–"] : parts);
    const known = (value, parts) => (gone || value == null ? ["–"] : parts);
    tiles.rows.set(now([rate(node.rowsPerSecond), "rows/s"]), gone ? "" : "10 s average");
    tiles.files.set(now([number(node.activeFiles), "files"]), `of at most ${number(node.capacity)}`);
    tiles.cpu.set(now([cores(node.cpuPercent), "cores"]), `of ${plural(node.cores, "core")}`);
    tiles.memory.set(now(bytesParts(node.rssBytes)), `of ${bytes(node.memoryBytes)}`);
    tiles.batches.set(
      known(node.batchMemoryUsedBytes, bytesParts(node.batchMemoryUsedBytes)),
      node.batchMemoryLimitBytes ? `of ${bytes(node.batchMemoryLimitBytes)}` : "",
    );
    tiles.lanes.set(known(node.busyLanes, [number(node.busyLanes)]), `of ${plural(node.lanes, "lane")}`);
    tiles.parsers.set(known(node.busyParsers, [number(node.busyParsers)]), node.parsers ? `of ${number(node.parsers)}` : "");
    const until = endedAt ? Date.parse(endedAt) : Date.now();
    tiles.ran.set([duration(until - Date.parse(node.startedAt))], gone ? "" : "still running");
  }

  function showEvents(events) {
    const text = JSON.stringify(events);
    if (text === drawn) return;
    drawn = text;
    replace(eventBox, events.length ? historyList(events) : h("p", { class: "hint" }, "The history has no events of this node."));
  }
}

function show(box, list, items, nothing) {
  list.set(items);
  const wanted = items.length ? list.element : null;
  if (wanted && box.firstElementChild !== wanted) replace(box, wanted);
  if (!wanted) replace(box, h("p", { class: "hint" }, nothing));
}

function card(heading, content, link = null) {
  return h("section", { class: "card" }, h("div", { class: "card-head" }, h("h2", {}, heading), link), content);
}

function makeCharts() {
  return [
    {
      view: chart({
        title: "Rows per minute",
        series: [{ label: "Loaded", color: "--chart-1", fill: true }],
        format: (value) => plural(value, "row"),
        axis: axisNumber,
        minimum: 10,
      }),
      values: (series) => [series.rows],
    },
    {
      view: chart({
        title: "Batches and rejects per minute",
        series: [
          { label: "Batches", color: "--chart-2" },
          { label: "Rejected", color: "--chart-4" },
        ],
        format: number,
        axis: axisNumber,
        minimum: 4,
      }),
      values: (series) => [series.batches, series.rejected],
    },
  ];
}

const nameCell = () =>
  h(
    "span",
    { class: "file-name" },
    h("a", {}, elided("")),
    h("span", { class: "file-place" }, h("span", { class: "file-facts" })),
  );

function fillName(node, id, path, pipeline) {
  const link = node.firstElementChild;
  setAttribute(link, "href", `/files/${id}`);
  setElided(link.firstElementChild, baseName(path));
  link.firstElementChild.title = visible(path);
  setText(node.querySelector(".file-facts"), pipeline);
}

const loadingColumns = [
  { key: "name", label: "File", create: nameCell, fill: (node, file) => fillName(node, file.id, file.path, file.pipeline) },
  {
    key: "progress",
    label: "Progress",
    create() {
      const bar = progress("Progress");
      bar.element.bar = bar;
      return bar.element;
    },
    fill: (node, file) => node.bar.set(file.progress),
  },
  textColumn("rows", "Rows", (file) => number(file.rowsLoaded), { numeric: true }),
  textColumn("rejected", "Rejected", (file) => number(file.openRejects), { numeric: true }),
  textColumn("size", "Size", (file) => bytes(file.size), { numeric: true }),
  textColumn("took", "Elapsed", (file) => duration(file.durationMs), { numeric: true }),
];

const doneColumns = [
  { key: "name", label: "File", create: nameCell, fill: (node, file) => fillName(node, file.fileId, file.path, file.pipeline) },
  { key: "status", label: "State", create: () => badge(""), fill: (node, file) => setBadge(node, file.status) },
  textColumn("batches", "Batches", (file) => number(file.batches), { numeric: true }),
  textColumn("rows", "Rows", (file) => number(file.rowsLoaded), { numeric: true }),
  textColumn("rejected", "Rejected", (file) => number(file.rowsRejected), { numeric: true }),
  textColumn("batch", "Batch duration", (file) => duration(file.batchMs), { numeric: true }),
  {
    key: "discovered",
    label: "Last commit",
    create: () => h("time", { dataset: { ago: "" } }),
    fill: (node, file) => setAgo(node, file.committedAt),
  },
];
