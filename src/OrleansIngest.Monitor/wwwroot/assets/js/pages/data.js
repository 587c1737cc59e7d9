// Rows of a pipeline's table: the newest, or those of a file, with file and line of each.
import * as api from "../api.js";
import { openDialog } from "../components/dialog.js";
import { value } from "../components/dropreport.js";
import { select } from "../components/fields.js";
import { askForToken } from "../components/signin.js";
import { emptyState, errorState, skeleton } from "../components/states.js";
import { h, replace } from "../dom.js";
import { number, plural } from "../format.js";
import * as live from "../live.js";
import { getQuery, setQuery } from "../router.js";
import { baseName, visible, visibleLines } from "../visible.js";
import { ending, heading, loader } from "./page.js";

export const title = "Data";

const orders = {
  file: "in the order of the file",
  newestFiles: "of the files that were loaded last",
  tableEnd: "at the end of the table, where new rows are appended",
  any: "in no order",
};

export function mount(root) {
  const end = ending();
  const query = getQuery();
  const box = h("div", {}, skeleton(8));
  const pipelines = select("Pipeline", [["", "Choose one"]], (name) => change({ pipeline: name, table: "", file: "" }));
  const tables = select("Table", [], (table) => change({ table }));
  const limits = select(
    "Rows",
    [
      ["50", "50"],
      ["200", "200"],
      ["500", "500"],
    ],
    (limit) => change({ limit }),
  );
  limits.input.value = query.limit ?? "50";
  tables.element.hidden = true;
  const refresh = h("button", { type: "button", class: "button", on: { click: () => load() } }, "Refresh");
  replace(
    root,
    heading("Data", "Rows of a table with the file and line of each. Read-only."),
    h("div", { class: "toolbar" }, pipelines.element, tables.element, limits.element, refresh),
    h("section", { class: "card list-card" }, box),
  );
  let asked = false;
  let known = null;

  const load = loader(
    end,
    box,
    async (signal) => {
      const { pipeline, table, file, limit } = getQuery();
      if (!pipeline && !file) return null;
      const read = () =>
        api.get("/rows", { pipeline: file ? null : pipeline, table: file ? null : table, fileId: file, limit }, signal);
      try {
        return await read();
      } catch (failure) {
        if (!failure.needsToken || failure.status !== 401 || asked) throw failure;
        asked = true; // once: without a token, the page shows the reason
        if (!(await askForToken("Rows of tables require a token."))) throw failure;
        return read();
      }
    },
    (sample) => (sample ? draw(sample) : replace(box, nothing())),
    { keep: true },
  );

  end.add(
    live.on("overview", (overview) => {
      const wanted = getQuery().pipeline;
      const names = overview.pipelines.map((pipeline) => pipeline.name);
      if (names.join("/") === known) return; // an open list would close
      known = names.join("/");
      if (!wanted && !getQuery().file) replace(box, nothing());
      pipelines.setOptions([
        ["", names.length ? "Choose one" : "None yet"],
        ...names.map((name) => [name, visible(name)]),
      ]);
      if (wanted && pipelines.input.value !== wanted && names.includes(wanted)) pipelines.input.value = wanted;
    }),
  );
  load();
  return end;

  function nothing() {
    const title = known === "" ? "No pipelines yet" : "Choose a pipeline";
    return emptyState({ title, symbol: "data", hints: ["The newest rows of the pipeline's table appear here."] });
  }

  function change(changes) {
    setQuery({ ...getQuery(), ...changes });
    replace(box, skeleton(8));
    load();
  }

  function draw(sample) {
    if (getQuery().file) pipelines.input.value = sample.pipeline;
    tables.element.hidden = sample.tables.length < 2;
    tables.setOptions(sample.tables.map((table) => [table, visible(table)]));
    if (sample.tables.includes(sample.table)) tables.input.value = sample.table;
    if (!sample.rows.length)
      return replace(
        box,
        emptyState({
          title: sample.fileId ? "No rows of this file" : "The table has no rows",
          symbol: "data",
          hints: sample.fileId && !sample.hasOrigin ? [origin(sample)] : [],
        }),
      );
    const from = sample.hasOrigin;
    replace(
      box,
      h(
        "p",
        { class: "data-note" },
        h("strong", {}, plural(sample.rows.length, "row")),
        " of ",
        h("bdi", {}, visible(sample.table)),
        `, ${orders[sample.order]}${sample.isCut ? "; there are more" : ""}. `,
        sample.fileId && h("a", { href: `/files/${sample.fileId}` }, "The file"),
      ),
      !from && h("p", { class: "data-note hint" }, origin(sample)),
      h(
        "div",
        { class: "table-box data-table", tabindex: "0", role: "region", "aria-label": "Rows" },
        h(
          "table",
          {},
          h("caption", { class: "visually-hidden" }, `Rows of ${visible(sample.table)}`),
          h(
            "thead",
            {},
            h(
              "tr",
              {},
              from && h("th", { scope: "col" }, "From"),
              sample.columns.map((column) =>
                h("th", { scope: "col" }, h("bdi", {}, visible(column.name, 60)), h("span", { class: "data-type" }, column.type)),
              ),
            ),
          ),
          h(
            "tbody",
            {},
            sample.rows.map((row) => h("tr", {}, from && h("td", { class: "data-from" }, place(row)), cells(sample, row))),
          ),
        ),
      ),
    );
  }

  function cells(sample, row) {
    return row.values.map((text, at) =>
      h(
        "td",
        {},
        value(text),
        row.cut.includes(at) && [
          "… ",
          row.key &&
            h(
              "button",
              {
                type: "button",
                class: "link-button",
                "aria-label": `Show all of ${visible(sample.columns[at].name, 60)}`,
                on: { click: () => whole(sample, row, sample.columns[at].name) },
              },
              "all",
            ),
        ],
      ),
    );
  }

  async function whole(sample, row, column) {
    let body;
    try {
      const found = await api.get("/rows/value", {
        pipeline: sample.pipeline,
        table: sample.tables.length > 1 ? sample.table : null,
        row: row.key,
        column,
      });
      body = [
        h("pre", { class: "sql data-whole", tabindex: "0", dir: "ltr" }, visibleLines(found.value)),
        found.isCut && h("p", { class: "hint" }, "The first 1,000,000 characters of the value are shown."),
      ];
    } catch (failure) {
      if (!(failure instanceof api.ApiError)) throw failure;
      body = errorState(failure);
    }
    return openDialog({ title: visible(column, 60), body });
  }
}

function place(row) {
  const where = row.line != null ? `line ${number(row.line)}` : row.record != null ? `record ${number(row.record)}` : "";
  if (row.path == null && row.fileId == null) return h("span", { class: "muted" }, "unknown");
  const name = h("bdi", {}, baseName(row.path));
  return [
    row.fileId == null ? name : h("a", { href: `/files/${row.fileId}` }, name),
    where && h("span", { class: "data-line" }, where),
  ];
}

const origin = (sample) => [
  `Pipeline ${visible(sample.pipeline)} does not store the file of each row. Add `,
  h("code", {}, '"metadata": { "file_id": "{fileId}", "line": "{line}" }'),
  " to the pipeline, and columns of these names to the table; rows loaded from then on will have their origin.",
];
