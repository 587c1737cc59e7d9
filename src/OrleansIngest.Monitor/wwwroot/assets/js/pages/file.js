// One file: its life, its batches over its bytes, its rejects, what was done with it.
import * as api from "../api.js";
import { onRejectsClosed } from "../components/attention.js";
import { byteRange } from "../components/byterange.js";
import { actionButtons } from "../components/file-actions.js";
import { historyList } from "../components/historylist.js";
import { progress } from "../components/progress.js";
import { rejectList } from "../components/rejectlist.js";
import { skeleton } from "../components/states.js";
import { badge, statusTone } from "../components/status.js";
import { table, textColumn } from "../components/table.js";
import { ago, at } from "../components/time.js";
import { timeline } from "../components/timeline.js";
import { h, replace } from "../dom.js";
import { bytes, clock, duration, number, plural, positions } from "../format.js";
import * as live from "../live.js";
import { go } from "../router.js";
import { ending, loader } from "./page.js";
import { visible } from "../visible.js";

export const title = (id) => `File ${id}`;
const shownBatches = 50;
const shownRejects = 5;

export function mount(root, [id]) {
  const end = ending();
  const path = `/files/${encodeURIComponent(id)}`;
  const box = h("div", { class: "stack" }, h("h1", { class: "visually-hidden" }, "File"), skeleton(3, "card"));
  const rejects = h("div", {}, skeleton(3));
  replace(root, box);
  let drawn = "";

  const load = loader(
    end,
    box,
    (signal) => api.get(path, {}, signal),
    (file) => {
      document.title = `${visible(file.name, 120)} · OrleansIngest`;
      const text = JSON.stringify(file);
      if (text === drawn) return;
      drawn = text;
      const focused = root.contains(document.activeElement) ? document.activeElement.dataset.action : null;
      replace(box, parts(file, rejects, acted));
      if (focused) box.querySelector(`[data-action="${focused}"]`)?.focus();
    },
    { keep: true },
  );
  // What loads a file anew makes a new version: that is the one to look at.
  const acted = (row) => (row && String(row.id) !== id ? go(`/files/${row.id}`) : load());
  const loaded = () => {
    load();
    loadRejects();
  };
  const loadRejects = loader(
    end,
    rejects,
    (signal) => api.get("/rejects", { fileId: id, limit: shownRejects }, signal),
    (answer) =>
      replace(
        rejects,
        answer.items.length ? rejectList(answer.items, { loaded }) : h("p", { class: "hint" }, "No record of this file was rejected."),
        answer.next &&
          h("p", {}, h("a", { href: `/rejects?fileId=${id}&status=any&view=records` }, answer.total === 1 ? "The only reject of this file" : `All ${plural(answer.total, "reject")} of this file`)),
      ),
    { keep: true },
  );
  load();
  loadRejects();

  let last = 0;
  let status = "";
  end.add(
    live.on("files", ({ changed }) => {
      const mine = changed.find((file) => String(file.id) === id);
      if (!mine || (Date.now() - last < 900 && mine.status === status)) return;
      if (mine.status !== "loading" && mine.status === status) return;
      last = Date.now();
      status = mine.status;
      load();
      loadRejects();
    }),
  );
  end.add(
    onRejectsClosed(() => {
      load();
      loadRejects();
    }),
  );
  return end;
}

function parts(file, rejects, changed) {
  const bar = progress("Progress");
  bar.set(file.status === "loaded" ? 1 : file.progress, file.status === "loaded" ? statusTone(file.state) : null);
  return [
    h(
      "div",
      { class: "page-head" },
      h(
        "div",
        {},
        h("h1", { class: "file-title" }, h("bdi", {}, visible(file.name))),
        h("p", { class: "state-line" }, badge(file.state), h("span", { class: "muted" }, visible(file.reason) ?? "")),
        h("p", { class: "sub path" }, h("bdi", {}, visible(file.path))),
      ),
      h("div", { class: "page-actions" }, actionButtons(file, changed)),
    ),
    file.error &&
      h(
        "section",
        { class: "card problem" },
        h("h2", {}, "What went wrong"),
        h("p", {}, visible(file.error)),
        file.nextAttemptAt && h("p", { class: "hint" }, "The next attempt: ", ago(file.nextAttemptAt)),
      ),
    h("section", { class: "card" }, h("div", { class: "card-head" }, h("h2", {}, "Progress"), bar.element), facts(file), accounts(file)),
    file.columnsNote && columnsNote(file.columnsNote),
    h("section", { class: "card" }, h("div", { class: "card-head" }, h("h2", {}, "Time line")), timeline(file)),
    h(
      "section",
      { class: "card" },
      h(
        "div",
        { class: "card-head" },
        h("h2", {}, "Batches over the file"),
        h("span", { class: "muted" }, plural(file.batchesTotal, "batch", "batches")),
      ),
      batches(file),
    ),
    h(
      "section",
      { class: "card" },
      h(
        "div",
        { class: "card-head" },
        h("h2", {}, "Rejected records"),
        file.rowsRejected > 0 &&
          h(
            "a",
            { href: `/rejects?fileId=${file.id}&status=any&view=records` },
            `${number(file.openRejects)} of ${number(file.rowsRejected)} open`,
          ),
      ),
      rejects,
    ),
    h(
      "section",
      { class: "card" },
      h("div", { class: "card-head" }, h("h2", {}, "What happened")),
      file.events?.length ? historyList(file.events, { withFile: false }) : h("p", { class: "hint" }, "Nothing out of the ordinary."),
    ),
  ];
}

const readOf = (file) => `${positions(file.positionsRead, file.positionUnit)} of ${positions(file.endPosition, file.positionUnit)}`;

function facts(file) {
  const fact = (label, ...value) => h("div", { class: "fact" }, h("dt", {}, label), h("dd", {}, value));
  return h(
    "dl",
    { class: "facts" },
    fact("Pipeline", h("a", { href: `/pipelines/${encodeURIComponent(file.pipeline)}` }, h("bdi", {}, file.pipeline))),
    file.target && fact("Table", h("bdi", {}, visible(file.target))),
    fact("Rows loaded", number(file.rowsLoaded)),
    fact("Rejected", number(file.rowsRejected)),
    fact("Open rejects", number(file.openRejects)),
    fact("Size", bytes(file.size)),
    fact("Read", file.endPosition == null ? positions(file.positionsRead, file.positionUnit) : readOf(file)),
    file.parentId && fact("Member of", h("a", { href: `/files/${encodeURIComponent(file.parentId)}` }, `file ${number(file.parentId)}`)),
    file.layout?.findings?.length > 0 && fact("Found", h("bdi", {}, visible(file.layout.findings.join("; ")))),
    fact("Took", duration(file.durationMs)),
    fact("Latency", duration(file.latencyMs)),
    fact("Node", h("bdi", {}, file.node ?? "–")),
    fact("Attempts", number(file.attempts)),
    fact("Version", number(file.version)),
    fact("Claims (epoch)", number(file.epoch)),
    fact("Modified", at(file.mtime)),
    fact("SHA-256", file.sha256 ? h("code", { class: "hash" }, file.sha256) : "not yet known"),
    file.sameAs &&
      fact("Same content as", h("a", { href: `/files/${encodeURIComponent(file.sameAs)}` }, h("bdi", {}, visible(file.sameAsPath)))),
  );
}

/** What the file and its table do not share. */
function columnsNote({ leftOut, unfilled, defaulted }) {
  const shownNames = 50;
  const list = (names) => [
    names.slice(0, shownNames).map((name, i) => [i ? ", " : "", h("bdi", {}, h("code", {}, name))]),
    names.length > shownNames ? `, … and ${number(names.length - shownNames)} more` : "",
  ];
  const fact = (label, names) => names.length > 0 && h("div", { class: "fact" }, h("dt", {}, label), h("dd", {}, list(names)));
  const fieldName = ({ field, name, near }) => `${name ? visible(name) : `field ${field} (no name)`}${near ? ` (${visible(near)}?)` : ""}`;
  return h(
    "section",
    { class: "card" },
    h("div", { class: "card-head" }, h("h2", {}, "Columns")),
    h(
      "dl",
      { class: "facts" },
      fact("Fields without a column, not loaded", leftOut.map(fieldName)),
      fact("Columns without a field, NULL", unfilled.map((name) => visible(name))),
      fact("Columns without a field, filled with their default", defaulted.map((name) => visible(name))),
    ),
  );
}

/** Every record is in exactly one place: the sum is shown, and whether it is right. */
function accounts(file) {
  const sum = file.rowsLoaded + file.rowsRejected + file.rowsSkipped;
  const right = sum === file.recordsRead;
  const done = file.status === "loaded";
  return h(
    "p",
    { class: "accounts", dataset: { tone: right ? "good" : "bad" } },
    `${plural(file.recordsRead, "record")} read = ${number(file.rowsLoaded)} loaded + ${number(file.rowsRejected)} rejected + ${number(file.rowsSkipped)} skipped` +
      (file.rowsSuppressed ? ` (${number(file.rowsSuppressed)} discarded by a trigger)` : ""),
    h(
      "span",
      { class: "badge", dataset: { tone: right ? "good" : "bad" } },
      right ? (done ? "every record accounted for" : "agrees so far") : "does not agree",
    ),
  );
}

function batches(file) {
  if (!file.batches?.length) {
    return h(
      "p",
      { class: "hint" },
      file.status === "loaded"
        ? "Its batches were folded into the file's totals after the retention time."
        : "Nothing of it is committed yet.",
    );
  }
  const list = table({ caption: "Batches", keyOf: (batch) => batch.startOffset, columns: batchColumns });
  list.set(file.batches.slice(0, shownBatches));
  return h(
    "div",
    {},
    byteRange(file, file.batches),
    h(
      "details",
      {},
      h(
        "summary",
        {},
        file.batchesTotal > shownBatches
          ? `The first ${shownBatches} of ${plural(file.batchesTotal, "batch", "batches")} as a table`
          : "The batches as a table",
      ),
      list.element,
    ),
  );
}

const batchColumns = [
  textColumn("bytes", "Positions", (batch) => `${number(batch.startOffset)} – ${number(batch.endOffset)}`),
  textColumn("lines", "First line", (batch) => number(batch.firstLine), { numeric: true }),
  textColumn("loaded", "Rows", (batch) => number(batch.rowsLoaded), { numeric: true }),
  textColumn("rejected", "Rejected", (batch) => number(batch.rowsRejected), { numeric: true }),
  textColumn("read", "Read", (batch) => duration(batch.readMs), { numeric: true }),
  textColumn("wait", "Wait", (batch) => duration(batch.waitMs), { numeric: true }),
  textColumn("copy", "Copy", (batch) => duration(batch.copyMs), { numeric: true }),
  textColumn("commit", "Commit", (batch) => duration(batch.commitMs), { numeric: true }),
  textColumn("where", "Node, lane", (batch) => `${batch.node}, ${batch.lane}`),
  textColumn("at", "Committed", (batch) => clock(batch.committedAt)),
];
