// The fields of a dropped file and the columns that they fill. For an existing table, the column of a field can be chosen.
import { h } from "../dom.js";
import { plural } from "../format.js";
import { visible } from "../visible.js";
import { remedies } from "./dropreading.js";

const shownFields = 500;
const mostOptions = 20_000; // of all lists together
const words = { leftOut: "not loaded", rescued: "rescued", used: "used by an expression" };

/** `choose(field, column)` is called with a field, from 1, and the column that it is to fill, or null for that of its name;
    `read(csv)` with another way to read the file. */
export function columnsCard(report, { chosen, choose, read }) {
  const fields = report.columns.slice(0, shownFields);
  const target = report.exists ? existing(report, fields.length, chosen, choose) : created;
  return h(
    "section",
    { class: "card" },
    h(
      "div",
      { class: "card-head" },
      h("h2", {}, "Columns"),
      h("span", { class: "muted" }, plural(report.columns.length, "field")),
    ),
    required(report),
    h(
      "div",
      { class: "table-box columns-box", tabindex: "0", role: "region", "aria-label": "Columns" },
      h(
        "table",
        { class: "columns-table" },
        h("caption", { class: "visually-hidden" }, "Fields of the file and columns of the table"),
        h(
          "thead",
          {},
          h(
            "tr",
            {},
            ["Field", "Values look like", "Column", "Doubt"].map((label) => h("th", { scope: "col" }, label)),
          ),
        ),
        h(
          "tbody",
          {},
          fields.map((column, at) =>
            h(
              "tr",
              {},
              h("td", {}, h("bdi", {}, nameOf(column, at))),
              h("td", {}, h("code", {}, column.sqlType)),
              h("td", {}, target(column, at)),
              h("td", { class: column.note ? "warn-text" : "muted" }, doubt(column, at, read)),
            ),
          ),
        ),
      ),
    ),
    columnList("Columns without a field stay NULL", namesIn(report, "null") ?? report.check?.note?.unfilled),
    columnList("Columns without a field take their default", namesIn(report, "default") ?? report.check?.note?.defaulted),
  );
}

const nameOf = (column, at) => visible(column.header, 80) || `field ${at + 1}`;

const created = (column) => [h("code", {}, h("bdi", {}, visible(column.name))), ` ${column.sqlType}`];

/** What a field fills in an existing table: a list of its columns, or for very wide tables a text. */
function existing(report, count, chosen, choose) {
  const pairs = report.pairing?.pairs ?? [];
  // Of an archive, the check knows the fields of the first file.
  const byField = new Map(
    report.pairing
      ? pairs.filter(({ field }) => field != null).map((pair) => [pair.field, pair])
      : (report.check?.mapping ?? []).map((one) => [one.field, { ...one, state: "filled" }]),
  );
  const columns = pairs.filter(({ column, state }) => column != null && state !== "generated" && state !== "byPipeline");
  const isChoice = report.pairing?.hasHeader && count * columns.length <= mostOptions;
  return (column, at) => {
    const pair = byField.get(at + 1);
    const filled = pair?.state === "filled" ? pair.column : null;
    const state = h("span", { class: "warn-text" }, words[pair?.state] ?? "not loaded");
    const near = pair?.near && [": is ", h("code", {}, visible(pair.near)), " meant?"];
    if (!isChoice) return filled ? [h("code", {}, h("bdi", {}, visible(filled))), ` ${pair.type}`] : [state, near];
    const own = chosen[`#${at + 1}`];
    const list = h(
      "select",
      {
        class: "input",
        id: `drop-column-${at + 1}`,
        "aria-label": `Column for ${nameOf(column, at)}`,
        on: { change: () => choose(at + 1, list.value || null) },
      },
      h("option", { value: "" }, own ? "by its name" : filled ? "–" : (words[pair?.state] ?? "not loaded")),
      columns.map((one) => h("option", { value: one.column }, `${visible(one.column)} ${one.type}`)),
    );
    list.value = own ?? filled ?? "";
    return [list, !filled && near && h("span", { class: "warn-text" }, near)];
  };
}

function doubt(column, at, read) {
  const [what, label, csv] = remedies[column.setting] ?? [];
  if (what)
    return [
      `${what}: `,
      h("button", { type: "button", class: "link-button", on: { click: () => read(csv) } }, `${label}`),
      h("span", { class: "visually-hidden" }, ` (${nameOf(column, at)})`),
    ];
  return column.note ? h("bdi", {}, visible(column.note, 300)) : "–";
}

/** The columns without which the table takes no row. */
function required(report) {
  const names = namesIn(report, "missing");
  return (
    names?.length > 0 &&
    h(
      "p",
      { class: "drop-refusal" },
      `${names.length === 1 ? "Column" : "Columns"} `,
      listOf(names),
      ` ${names.length === 1 ? "needs" : "need"} a value, and no field fills ${names.length === 1 ? "it" : "them"}. ` +
        "Choose a column for one of the fields.",
    )
  );
}

const namesIn = (report, state) =>
  report.pairing?.pairs.filter((pair) => pair.state === state && pair.column != null).map(({ column }) => column);

const columnList = (label, names) => names?.length > 0 && h("p", { class: "hint" }, `${label}: `, listOf(names));

const listOf = (names) => [
  names.slice(0, 50).map((name, at) => [at ? ", " : "", h("code", {}, h("bdi", {}, visible(name)))]),
  names.length > 50 ? ", …" : "",
];
