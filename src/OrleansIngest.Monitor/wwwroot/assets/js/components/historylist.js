// What happened, by day, newest first.
import { h } from "../dom.js";
import { clock, dayOf } from "../format.js";
import { at } from "./time.js";
import { baseName, visible } from "../visible.js";

const tones = { operator: "accent", alert: "warn", node: "quiet", file: "quiet" };
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
          rows.map((row) => line(row, withFile)),
        ),
      ),
    ),
  );
}

function line(row, withFile) {
  const [family] = row.kind.split(".");
  const tone = bad.test(row.kind) ? "bad" : good.test(row.kind) ? "good" : (tones[family] ?? "quiet");
  return h(
    "li",
    { class: "history-row" },
    h("span", { class: "history-time" }, at(row.at, clock)),
    h("span", { class: "badge", dataset: { tone } }, row.kind),
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
