// Rows of a pipeline's table: the newest, or those of a file, with file and line of each.
import * as api from "../api.js";
import { openDialog } from "../components/dialog.js";
import { pipelineChoices } from "../components/dropped.js";
import { value, widthOf } from "../components/dropreport.js";
import { select } from "../components/fields.js";
import { askForToken } from "../components/signin.js";
import { emptyState, errorState, skeleton } from "../components/states.js";
import { h, replace } from "../dom.js";
import { number, plural } from "../format.js";
import * as live from "../live.js";
import { getQuery, setQuery } from "../router.js";
import * as session from "../session.js";
import { baseName, visible, visibleLines } from "../visible.js";
import { ending, heading, loader } from "./page.js";

export const title = "Data";

const orders = {
  file: "in the order of the file",
  newestFiles: "loaded last, newest first",
  tableEnd: "at the physical end of the table, which need not be the newest",
  any: "in no order",
};

export function mount(root) {
  const end = ending();
  const query = getQuery();
  const box = h("div", {}, skeleton(8));
  const pipelines = select("Pipeline", [], (name) => change({ pipeline: name, table: "", file: "" }));
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
  let drawn = null;

  const load = loader(
    end,
    box,
    async (signal) => {
      const { pipeline, table, file, limit } = getQuery();
      if (!pipeline && !file) return null;
      const read = async () => {
        try {
          return await api.get(
            "/rows",
            { pipeline: file ? null : pipeline, table: file ? null : table, fileId: file, limit },
            signal,
          );
        } catch (failure) {
          if (failure.notFound) return { isMissing: true, detail: failure.detail };
          throw failure;
        }
      };
      try {
        return await read();
      } catch (failure) {
        if (!failure.needsToken || failure.status !== 401 || asked) throw failure;
        asked = true; // once: without a token, the page shows the reason
        if (!(await askForToken("Rows of tables require a token."))) throw failure;
        return read();
      }
    },
    (sample) => {
      if (sample) draw(sample);
    },
    { keep: true },
  );

  end.add(
    live.on("overview", (overview) => {
      const wanted = getQuery().pipeline;
      const choices = pipelineChoices(overview.pipelines);
      const now = JSON.stringify(choices);
      if (now === known) return; // an open list would close
      known = now;
      pipelines.setOptions(choices.length ? choices : [["", "None yet"]]);
      if (getQuery().file) {
        if (drawn) pipelines.input.value = drawn;
        return;
      }
      if (wanted) pipelines.input.value = wanted;
      else if (!choices.length) replace(box, nothing());
      else if (session.about?.role === "anonymous") replace(box, locked(choices[0][0]));
      else change({ pipeline: choices[0][0] });
    }),
  );
  load();
  return end;

  function nothing() {
    return emptyState({
      title: "No pipelines yet",
      symbol: "data",
      hints: ["The newest rows of the pipeline's table appear here."],
    });
  }

  /** Nobody is asked for a token before he wants to see rows. */
  function locked(pipeline) {
    return emptyState({
      title: "Rows require a token",
      symbol: "data",
      action: h("button", { type: "button", class: "button", on: { click: () => change({ pipeline }) } }, "Show rows"),
    });
  }

  function change(changes) {
    setQuery({ ...getQuery(), ...changes });
    replace(box, skeleton(8));
    load();
  }

  function draw(sample) {
    if (sample.isMissing)
      return replace(
        box,
        emptyState({
          title: "No rows",
          symbol: "data",
          hints: [sample.detail, getQuery().file ? null : "A new table appears when its first file is loaded."].filter(Boolean),
        }),
      );
    drawn = sample.pipeline;
    if (getQuery().file) pipelines.input.value = drawn;
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
    // What the first column says of every row is not said twice.
    const isSaid = from && sample.rows.every((row) => row.fileId != null);
    const shown = [...sample.columns.keys()].filter((at) => !(isSaid && sample.columns[at].storesOrigin));
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
      from &&
        sample.order === "tableEnd" &&
        h("p", { class: "data-note hint" }, "With an index on the column of the file, this page shows the newest rows."),
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
              shown.map((at) => columnHead(sample.columns[at])),
            ),
          ),
          h(
            "tbody",
            {},
            sample.rows.map((row) => h("tr", {}, from && h("td", { class: "data-from" }, place(row)), cells(sample, row, shown))),
          ),
        ),
      ),
    );
  }

  function cells(sample, row, shown) {
    return shown.map((at) =>
      h(
        "td",
        { class: widthOf(row.values[at]) },
        value(row.values[at]),
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

const columnHead = ({ name, type }) =>
  h("th", { scope: "col" }, h("bdi", {}, visible(name, 60)), h("span", { class: "data-type" }, type));

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
