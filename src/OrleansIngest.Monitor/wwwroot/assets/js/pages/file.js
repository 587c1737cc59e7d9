// One file: diagnosis, timeline, batches, rejects and history.
import * as api from "../api.js";
import { onRejectsClosed } from "../components/attention.js";
import { doctor, hasMainAction } from "../components/doctor.js";
import { isUpload } from "../components/dropped.js";
import { actionButtons } from "../components/file-actions.js";
import { fileBatches } from "../components/filebatches.js";
import { fileColumns } from "../components/filecolumns.js";
import { fileHead } from "../components/filehead.js";
import { historyList } from "../components/historylist.js";
import { showAlertsOf } from "../components/notices.js";
import { progress } from "../components/progress.js";
import { rejectList } from "../components/rejectlist.js";
import { skeleton } from "../components/states.js";
import { badge, statusTone } from "../components/status.js";
import { at } from "../components/time.js";
import { timeline } from "../components/timeline.js";
import { h, replace } from "../dom.js";
import { bytes, duration, number, plural, positions } from "../format.js";
import * as live from "../live.js";
import { go } from "../router.js";
import { ending, loader } from "./page.js";
import { visible } from "../visible.js";

export const title = (id) => `File ${id}`;
const shownRejects = 5;

export function mount(root, [id]) {
  const end = ending();
  const path = `/files/${encodeURIComponent(id)}`;
  const box = h("div", { class: "stack" }, h("h1", { class: "visually-hidden" }, "File"), skeleton(3, "card"));
  const rejects = h("div", {}, skeleton(3));
  const columns = h("div", { class: "contents" });
  const diagnosis = h("div", { class: "contents" });
  const head = fileHead(id);
  replace(root, box);
  let drawn = "";
  let shown = null;
  let examined = null;
  let diagnosed = null;

  const load = loader(
    end,
    box,
    (signal) => api.get(path, {}, signal),
    (file) => {
      document.title = `${visible(file.name, 120)} · OrleansIngest`;
      showAlertsOf(file.pipeline);
      const text = JSON.stringify(file);
      if (text === drawn) return;
      drawn = text;
      draw(file);
      if (examined === null) replace(diagnosis, problem(file, {}, acted));
      // The examination depends on the state of the file and on its table: it is repeated when the state has changed.
      if (`${file.status} ${file.epoch} ${file.reason}` !== examined) examine();
    },
    { keep: true },
  );
  const draw = (file) => {
    const focused = root.contains(document.activeElement) ? document.activeElement.dataset.action : null;
    const actions = actionButtons(file, acted, !isOpen(file) || !hasMainAction(diagnosed));
    replace(box, parts(file, { rejects, columns, diagnosis, head, actions }));
    shown = file;
    if (focused) box.querySelector(`[data-action="${focused}"]`)?.focus();
  };
  // Loading a file again creates a new version, which is then shown.
  const acted = (row) => (row && String(row.id) !== id ? go(`/files/${row.id}`) : load());
  const loaded = () => {
    load();
    loadRejects();
  };
  const examine = loader(
    end,
    columns,
    (signal) => {
      examined = `${shown.status} ${shown.epoch} ${shown.reason}`;
      return api.get(`${path}/examination`, {}, signal);
    },
    (examination) => {
      replace(columns, examination.columns && fileColumns(examination.columns));
      replace(diagnosis, problem(shown, examination, acted));
      const before = hasMainAction(diagnosed);
      diagnosed = examination.diagnosis;
      if (hasMainAction(diagnosed) !== before) draw(shown);
    },
    { keep: true },
  );
  const loadRejects = loader(
    end,
    rejects,
    (signal) => api.get("/rejects", { fileId: id, limit: shownRejects }, signal),
    (answer) =>
      replace(
        rejects,
        answer.items.length
          ? rejectList(answer.items, { changed: loaded })
          : h("p", { class: "hint" }, "No record of this file was rejected."),
        answer.next &&
          h(
            "p",
            {},
            h(
              "a",
              { href: `/rejects?fileId=${id}&status=any&view=records` },
              answer.total === 1 ? "The only reject of this file" : `All ${plural(answer.total, "reject")} of this file`,
            ),
          ),
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

function parts(file, { rejects, columns, diagnosis, head, actions }) {
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
        h(
          "p",
          { class: "state-line" },
          badge(file.state),
          !isOpen(file) && h("span", { class: "muted" }, visible(file.reason) ?? ""),
        ),
        h("p", { class: "sub path" }, h("bdi", {}, visible(isUpload(file) ? `${file.name}, uploaded` : file.path))),
      ),
      h("div", { class: "page-actions" }, actions),
    ),
    diagnosis,
    h(
      "section",
      { class: "card" },
      h("div", { class: "card-head" }, h("h2", {}, "Progress"), bar.element),
      facts(file),
      accounts(file),
    ),
    h("section", { class: "card" }, h("div", { class: "card-head" }, h("h2", {}, "Timeline")), timeline(file)),
    columns,
    head,
    h(
      "section",
      { class: "card" },
      h(
        "div",
        { class: "card-head" },
        h("h2", {}, "Batches over the file"),
        h("span", { class: "muted" }, plural(file.batchesTotal, "batch", "batches")),
      ),
      fileBatches(file),
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
      h("div", { class: "card-head" }, h("h2", {}, "History")),
      file.events?.length ? historyList(withoutReason(file), { withFile: false }) : h("p", { class: "hint" }, "No events."),
    ),
  ];
}

const isOpen = (file) => file.status === "quarantined" || file.status === "failed";

/** The reason why the file is not loaded: the diagnosis of the examination or, until it arrives, the program's message. */
function problem(file, { diagnosis, note }, changed) {
  if (!isOpen(file)) {
    return note && file.status !== "loaded" && h("p", { class: "hint" }, visible(note));
  }
  const reason = file.error ?? file.reason;
  if (diagnosis) return doctor(file, diagnosis, reason, changed);
  return (
    reason &&
    h("section", { class: "card problem" }, h("h2", {}, "What is wrong"), h("p", { class: "pre" }, visible(reason, 10_000)))
  );
}

/** Events without the reason that the page shows above. */
function withoutReason({ events, reason }) {
  return events.map((event) => (reason && event.detail === reason ? { ...event, detail: null } : event));
}

const readOf = (file) =>
  `${positions(file.positionsRead, file.positionUnit)} of ${positions(file.endPosition, file.positionUnit)}`;

function facts(file) {
  const fact = (label, ...value) => h("div", { class: "fact" }, h("dt", {}, label), h("dd", {}, value));
  return h(
    "dl",
    { class: "facts" },
    fact("Pipeline", h("a", { href: `/pipelines/${encodeURIComponent(file.pipeline)}` }, h("bdi", {}, file.pipeline))),
    file.target && fact("Table", h("bdi", {}, visible(file.target))),
    fact(
      "Rows loaded",
      file.rowsLoaded ? h("a", { href: `/data?file=${file.id}` }, number(file.rowsLoaded)) : number(file.rowsLoaded),
    ),
    fact("Rejected", number(file.rowsRejected)),
    fact("Open rejects", number(file.openRejects)),
    fact("Size", bytes(file.size)),
    fact("Read", file.endPosition == null ? positions(file.positionsRead, file.positionUnit) : readOf(file)),
    file.parentId &&
      fact("Member of", h("a", { href: `/files/${encodeURIComponent(file.parentId)}` }, `file ${number(file.parentId)}`)),
    file.layout?.findings?.length > 0 && fact("Detected", h("bdi", {}, visible(file.layout.findings.join("; ")))),
    fact("Took", duration(file.durationMs)),
    fact("Latency", duration(file.latencyMs)),
    fact("Node", h("bdi", {}, file.node ?? "–")),
    fact("Failed attempts", number(file.attempts)),
    fact("Version", number(file.version)),
    fact("Claims", number(file.epoch)),
    fact("Modified", at(file.mtime)),
    fact("SHA-256", file.sha256 ? h("code", { class: "hash" }, file.sha256) : "not computed yet"),
    file.sameAs &&
      fact(
        "Same content as",
        h("a", { href: `/files/${encodeURIComponent(file.sameAs)}` }, h("bdi", {}, visible(file.sameAsPath))),
      ),
  );
}

/** The accounting of the records: every record is loaded, rejected or skipped exactly once. */
function accounts(file) {
  const sum = file.rowsLoaded + file.rowsRejected + file.rowsSkipped;
  const right = sum === file.recordsRead;
  const done = file.status === "loaded";
  return h(
    "p",
    { class: "accounts", dataset: { tone: right ? "good" : "bad" } },
    `${plural(file.recordsRead, "record")} read = ${number(file.rowsLoaded)} loaded + ${number(file.rowsRejected)} rejected ` +
      `+ ${number(file.rowsSkipped)} skipped` +
      (file.rowsSuppressed ? ` (${number(file.rowsSuppressed)} discarded by a trigger)` : ""),
    h(
      "span",
      { class: "badge", dataset: { tone: right ? "good" : "bad" } },
      right ? (done ? "every record accounted for" : "consistent so far") : "inconsistent",
    ),
  );
}
