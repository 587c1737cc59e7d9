// Events by day, newest first. Events that tell the same of many files are one line.
import { h } from "../dom.js";
import { clock, dayOf, plural } from "../format.js";
import { at } from "./time.js";
import { baseName, visible } from "../visible.js";

const tones = { operator: "accent", alert: "warn", node: "quiet", file: "quiet" };
const shortest = 4; // a run of fewer events stays as it is
const bad = /(dead|quarantined|failed|fired|away|vanished)$/;
const good = /(loaded|resolved|resumed|joined|back)$/;

export function historyList(items, { withFile = true } = {}) {
  const days = Map.groupBy(items, (item) => dayOf(item.at));
  return h(
    "div",
    { class: "history" },
    [...days].map(([day, rows]) =>
      h(
        "section",
        {},
        h("h3", { class: "history-day" }, day),
        h(
          "ul",
          {},
          runs(rows).map((run) => (run.length < shortest ? run.map((row) => line(row, withFile)) : many(run, withFile))),
        ),
      ),
    ),
  );
}

/** Neighbours that tell the same of many files: one message, apart from its numbers and quoted values. */
function runs(rows) {
  const result = [];
  for (const row of rows) {
    const last = result.at(-1);
    if (last && sameKind(last[0], row)) last.push(row);
    else result.push([row]);
  }
  return result;
}

const shape = (row) => row.detail?.replace(/"[^"]*"|\d+/g, "#");
const sameKind = (a, b) =>
  a.fileId != null &&
  b.fileId != null &&
  a.kind === b.kind &&
  a.pipeline === b.pipeline &&
  a.who === b.who &&
  shape(a) === shape(b);

/** A run as one line, which opens on its files. */
function many(run, withFile) {
  const [newest] = run;
  return h(
    "li",
    { class: "history-row" },
    h("span", { class: "history-time" }, at(newest.at, clock)),
    kindBadge(newest),
    h(
      "details",
      { class: "history-text history-run" },
      h("summary", {}, plural(run.length, "file")),
      h(
        "ul",
        {},
        run.map((row) => line(row, withFile)),
      ),
    ),
    h(
      "p",
      { class: "history-more" },
      newest.detail && [h("bdi", {}, visible(newest.detail)), " "],
      h("span", { class: "muted" }, h("bdi", {}, visible(newest.pipeline ?? ""))),
    ),
  );
}

function kindBadge(row) {
  const [family] = row.kind.split(".");
  const tone = bad.test(row.kind) ? "bad" : good.test(row.kind) ? "good" : (tones[family] ?? "quiet");
  return h("span", { class: "badge", dataset: { tone } }, row.kind);
}

function line(row, withFile) {
  return h(
    "li",
    { class: "history-row" },
    h("span", { class: "history-time" }, at(row.at, clock)),
    kindBadge(row),
    h(
      "span",
      { class: "history-text" },
      withFile && row.fileId != null && h("a", { href: `/files/${row.fileId}` }, h("bdi", {}, fileName(row))),
      withFile && row.fileId != null && " ",
      row.detail && h("bdi", {}, visible(row.detail)),
      row.detail && " ",
      h(
        "span",
        { class: "muted" },
        [row.pipeline, row.node, row.who && `by ${row.who}`]
          .filter(Boolean)
          .map((part, index) => [index ? ", " : "", h("bdi", {}, visible(part))]),
      ),
    ),
  );
}

const fileName = (row) => (row.path ? baseName(row.path) : `file ${row.fileId}`);
