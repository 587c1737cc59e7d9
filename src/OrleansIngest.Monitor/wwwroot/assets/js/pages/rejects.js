// Rejects: as issues or records; edited, replayed, ignored and exported.
import * as api from "../api.js";
import { pipelineChoices } from "../components/dropped.js";
import { choices, search, select } from "../components/fields.js";
import { icon } from "../components/icons.js";
import { emptyState } from "../components/states.js";
import { h, replace } from "../dom.js";
import * as live from "../live.js";
import { getQuery, setQuery } from "../router.js";
import { ending, heading } from "./page.js";
import { issueView } from "./rejects/issues.js";
import { recordView } from "./rejects/records.js";

export const title = "Rejects";
const standard = { q: "", reason: "", status: "open", pipeline: "", fileId: "", table: "" };

export function mount(root) {
  const end = ending();
  const given = getQuery();
  const filter = Object.fromEntries(Object.entries(standard).map(([key, value]) => [key, given[key] ?? value]));
  let view = given.view === "records" ? "records" : "issues";
  let issue = given.issue ?? "";
  let shown = null;
  const searchField = search("Search", "In the record or the message", (q) => change({ q }, { replace: true }));
  const statusField = select(
    "State",
    [
      ["open", "open"],
      ["replayed", "replayed"],
      ["ignored", "ignored"],
      ["replaced", "replaced"],
      ["any", "All"],
    ],
    (status) => change({ status }),
  );
  const pipelineField = select("Pipeline", [["", "All pipelines"]], (pipeline) => change({ pipeline }));
  const viewField = choices(
    "Show",
    [
      ["issues", "Issues"],
      ["records", "Records"],
    ],
    view,
    (chosen) => {
      view = chosen;
      change({});
      show();
    },
  );
  const chips = h("div", { class: "chips" });
  const actions = h("span", { class: "export-links" });
  const exports = h("span", { class: "export-links" });
  const box = h("div", { class: "stack reject-view" });
  replace(
    root,
    heading(
      "Rejects",
      "Records that could not be loaded. Each stays open, with its file, line and reason, until it is replayed or ignored.",
      [exports, actions],
    ),
    h(
      "form",
      { class: "toolbar", role: "search", on: { submit: (event) => event.preventDefault() } },
      searchField.element,
      statusField.element,
      pipelineField.element,
      h("div", { class: "field field-view" }, viewField.element),
    ),
    chips,
    box,
  );
  fillFields();

  function fillFields() {
    searchField.input.value = filter.q;
    statusField.input.value = filter.status;
    pipelineField.input.value = filter.pipeline;
  }

  function change(values, entry = {}) {
    Object.assign(filter, values);
    remember(entry);
    drawTools();
    shown?.reset();
    return shown?.load();
  }

  function remember(entry) {
    setQuery(
      {
        ...filter,
        status: filter.status === "open" ? "" : filter.status,
        view: view === "issues" ? "" : view,
        issue: view === "issues" ? issue : "",
      },
      entry,
    );
  }

  function drawTools() {
    const link = (format, label) =>
      h(
        "a",
        { class: "button", href: api.url("/rejects/export", { format, ...filter }), download: `rejects.${format}` },
        icon("download"),
        label,
      );
    replace(exports, link("csv", "CSV"), link("jsonl", "JSONL"));
    replace(
      chips,
      chip("reason", `Reason: ${filter.reason}`),
      chip("fileId", `File ${filter.fileId}`),
      chip("table", `Table: ${filter.table}`),
    );
  }

  function chip(key, text) {
    return (
      filter[key] &&
      h(
        "button",
        { type: "button", class: "chip", "aria-label": `Remove the filter ${text}`, on: { click: () => change({ [key]: "" }) } },
        text,
        icon("close"),
      )
    );
  }

  function nothing() {
    const isFiltered = Object.entries(standard).some(([key, value]) => filter[key] !== value);
    return noRejects(isFiltered, filter.status === "open", () => {
      change({ ...standard, status: "any" });
      fillFields();
    });
  }

  function show() {
    shown?.end();
    replace(actions);
    const page = { filter: () => ({ ...filter }), change, nothing, actions };
    shown =
      view === "records"
        ? recordView(box, page)
        : issueView(box, {
            ...page,
            isOpen: (key) => key === issue,
            opened: (key, isOpen) => {
              if (isOpen) issue = key;
              else if (issue === key) issue = "";
              remember({ replace: true }); // opening a line leads nowhere
            },
          });
    drawTools();
    shown.load();
  }
  show();
  end.add(() => shown.end());

  let timer = 0;
  end.add(() => clearTimeout(timer));
  let total = null;
  end.add(
    live.on("overview", (overview) => {
      const now = `${overview.totals?.rowsRejected} ${overview.totals?.openRejects}`;
      if (total !== null && now !== total) {
        timer ||= setTimeout(() => {
          timer = 0;
          if (!shown.isBusy()) shown.load();
        }, 1000);
      }
      total = now;
    }),
  );
  api.get("/pipelines").then(
    (list) => {
      if (end.isOver()) return;
      pipelineField.setOptions([["", "All pipelines"], ...pipelineChoices(list.items)]);
      pipelineField.input.value = filter.pipeline;
    },
    () => {},
  );
  return end;
}

function noRejects(isFiltered, isOpenOnly, clear) {
  const all = h("button", { type: "button", class: "button", on: { click: clear } }, "Show all rejects");
  if (isFiltered)
    return emptyState({
      title: "No matching rejects",
      symbol: "search",
      hints: ["No rejected record matches this filter."],
      action: all,
    });
  return emptyState({
    title: isOpenOnly ? "No open rejects" : "No rejects",
    symbol: "check",
    hints: ["Every record is loaded, replayed or ignored. Rejects appear here and never stop a load."],
    action: isOpenOnly ? all : null,
  });
}
