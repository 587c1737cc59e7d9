// The fields of a file and the columns of its table, side by side.
import { h } from "../dom.js";
import { number, plural } from "../format.js";
import { visible } from "../visible.js";

const shown = 200;
const words = {
  filled: "fills",
  leftOut: "not loaded",
  rescued: "rescued",
  used: "used by an expression",
  null: "NULL",
  default: "its default",
  missing: "needs a value",
  generated: "generated",
  byPipeline: "filled by the pipeline",
};
const tones = { leftOut: "warn", null: "warn", missing: "bad" };

export function fileColumns({ table, isThere, hasHeader, pairs }) {
  const rows = pairs.slice(0, shown);
  return h(
    "section",
    { class: "card" },
    h("div", { class: "card-head" }, h("h2", {}, "Header and table"), h("span", { class: "muted" }, summary(pairs))),
    !isThere && h("p", { class: "hint" }, "Table ", h("bdi", {}, visible(table)), " does not exist yet."),
    isThere &&
      !hasHeader &&
      h("p", { class: "hint" }, "The names of the fields are unknown: the file has no header or can no longer be read."),
    h(
      "div",
      { class: "table-box columns-box", tabindex: "0", role: "group", "aria-label": "Header and table" },
      h(
        "table",
        { class: "columns-table", role: "table" }, // a phone shows each row as two lines; the roles keep the table
        h("caption", { class: "visually-hidden" }, "Which field of the file fills which column of the table"),
        h(
          "thead",
          { role: "rowgroup" },
          h(
            "tr",
            { role: "row" },
            ["Field of the file", "", table ? `Column of ${visible(table, 80)}` : "Column", "Type"].map((label, at) =>
              h(
                "th",
                { scope: "col", role: "columnheader" },
                at === 1 ? h("span", { class: "visually-hidden" }, "Result") : label,
              ),
            ),
          ),
        ),
        h("tbody", { role: "rowgroup" }, rows.map(row)),
      ),
    ),
    pairs.length > shown && h("p", { class: "hint" }, `… and ${number(pairs.length - shown)} more`),
  );
}

function row({ field, name, column, type, state, near }) {
  return h(
    "tr",
    { dataset: { state }, role: "row" },
    h("td", { role: "cell" }, fieldName(field, name, state)),
    h(
      "td",
      { role: "cell" },
      state === "filled"
        ? h("span", { class: "columns-arrow" }, "→")
        : h("span", { class: "badge", dataset: { tone: tones[state] ?? null } }, words[state] ?? state),
      near && h("span", { class: "hint" }, " did you mean ", h("bdi", {}, visible(near)), "?"),
    ),
    h(
      "td",
      { role: "cell" },
      column == null ? h("span", { class: "muted" }, "no column") : h("bdi", {}, h("code", {}, visible(column, 120))),
    ),
    h("td", { class: "muted", role: "cell" }, type == null ? "" : h("bdi", {}, visible(type, 80))),
  );
}

function fieldName(field, name, state) {
  if (name) return h("bdi", {}, h("code", {}, visible(name, 120)));
  if (field != null) return h("span", { class: "muted" }, `field ${number(field)}${state === "leftOut" ? " (no name)" : ""}`);
  return h("span", { class: "muted" }, state === "filled" ? "–" : "no field");
}

function summary(pairs) {
  const count = (state) => pairs.filter((pair) => pair.state === state).length;
  return [
    [count("filled"), "filled"],
    [count("leftOut"), "left out"],
    [count("null"), "NULL"],
    [count("missing"), "missing"],
  ]
    .filter(([n], at) => n > 0 || at === 0)
    .map(([n, word], at) => (at === 0 ? `${plural(n, "column")} ${word}` : `${number(n)} ${word}`))
    .join(", ");
}
