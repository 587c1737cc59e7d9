// Records that could not be loaded: why, from where, what they were; export and replay.
import * as api from "../api.js";
import { bars } from "../components/bars.js";
import { confirmAction } from "../components/confirm.js";
import { search, select } from "../components/fields.js";
import { icon } from "../components/icons.js";
import { pager } from "../components/pager.js";
import { rejectList } from "../components/rejectlist.js";
import { emptyState, skeleton } from "../components/states.js";
import { h, replace } from "../dom.js";
import { number, plural } from "../format.js";
import * as live from "../live.js";
import { getQuery, setQuery } from "../router.js";
import { ending, heading, loader } from "./page.js";
import { baseName, visible } from "../visible.js";

export const title = "Rejects";
const limit = 25;
const most = 6; // reasons and files in the summary

export function mount(root) {
  const end = ending();
  const given = getQuery();
  const filter = {
    q: given.q ?? "",
    reason: given.reason ?? "",
    status: given.status ?? "",
    pipeline: given.pipeline ?? "",
    fileId: given.fileId ?? "",
  };
  const chosen = new Set();
  const searchField = search("Search", "In the record or the message", (q) => change({ q }));
  searchField.input.value = filter.q;
  const statusField = select(
    "State",
    [
      ["", "All"],
      ["open", "open"],
      ["replayed", "replayed"],
      ["ignored", "ignored"],
    ],
    (status) => change({ status }),
  );
  statusField.input.value = filter.status;
  const pipelineField = select("Pipeline", [["", "All pipelines"]], (pipeline) => change({ pipeline }));
  const chips = h("div", { class: "chips" });
  const summary = h("div", { class: "two-columns reject-summary" }, skeleton(1, "summary"), skeleton(1, "summary"));
  const box = h("div", { class: "card" }, skeleton(8));
  const pages = pager(limit, () => load());
  const exports = h("span", { class: "export-links" });
  const replayButton = h(
    "button",
    { type: "button", class: "button", id: "replay", on: { click: replay } },
    icon("replay"),
    h("span", {}, "Replay"),
  );
  replace(
    root,
    heading("Rejects", "Records that could not be loaded. Each is kept with its place and its reason, in the table corrupt_records.", [
      exports,
      replayButton,
    ]),
    h(
      "div",
      { class: "stack" },
      summary,
      h(
        "form",
        { class: "toolbar", role: "search", on: { submit: (event) => event.preventDefault() } },
        searchField.element,
        statusField.element,
        pipelineField.element,
      ),
    ),
    chips,
    box,
    pages.element,
  );

  function change(values) {
    Object.assign(filter, values);
    pages.reset();
    chosen.clear();
    setQuery(filter);
    refresh();
  }

  function refresh() {
    drawTools();
    load();
    loadSummary();
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
    replace(chips, chip("reason", `Reason: ${filter.reason}`), chip("fileId", `File ${filter.fileId}`));
    replayButton.querySelector("span").textContent = chosen.size ? `Replay ${number(chosen.size)} chosen` : "Replay all of these";
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

  async function replay() {
    const known = Object.fromEntries(
      Object.entries(filter)
        .filter(([, value]) => value !== "")
        .map(([key, value]) => [key, key === "fileId" ? Number(value) : value]),
    );
    const answer = await confirmAction({
      title: chosen.size ? `Replay ${plural(chosen.size, "record")}?` : "Replay all records of this list?",
      text: "Each record is loaded again, by the pipeline's present columns and rules. Those that fit now become rows; the others stay here.",
      confirm: "Replay",
      done: (result) => `${plural(result?.replayed, "record")} replayed, ${number(result?.stillRejected)} still rejected.`,
      request: (reason) => api.post("/rejects/replay", chosen.size ? { ids: [...chosen], reason } : { filter: known, reason }),
    });
    if (answer !== undefined) {
      chosen.clear();
      refresh();
    }
  }

  const load = loader(
    end,
    box,
    (signal) => api.get("/rejects", { ...filter, limit, after: pages.cursor }, signal),
    (answer) => {
      pages.set(answer, "records");
      replayButton.disabled = answer.items.length === 0;
      replace(
        box,
        answer.items.length
          ? rejectList(answer.items, {
              selected: chosen,
              select: (id, on) => {
                if (on) chosen.add(id);
                else chosen.delete(id);
                drawTools();
              },
            })
          : noRejects(Object.values(filter).some(Boolean), () => {
              searchField.input.value = statusField.input.value = pipelineField.input.value = "";
              change({ q: "", reason: "", status: "", pipeline: "", fileId: "" });
            }),
      );
    },
    { keep: true },
  );
  const loadSummary = loader(
    end,
    summary,
    (signal) => api.get("/rejects/summary", { pipeline: filter.pipeline }, signal),
    (answer) =>
      replace(
        summary,
        h(
          "section",
          { class: "card" },
          h("div", { class: "card-head" }, h("h2", {}, "By reason"), h("span", { class: "muted" }, plural(answer.total, "record"))),
          bars(
            answer.byReason.slice(0, most).map(({ reason, count }) => ({
              label: reason,
              count,
              choose: () => change({ reason: filter.reason === reason ? "" : reason }),
              chosen: filter.reason === reason,
            })),
            "No rejects",
          ),
        ),
        h(
          "section",
          { class: "card" },
          h("div", { class: "card-head" }, h("h2", {}, "By file"), h("span", { class: "muted" }, "the most first")),
          bars(
            answer.byFile.slice(0, most).map(({ fileId, path, count }) => ({
              label: baseName(path),
              hint: visible(path),
              count,
              choose: () => change({ fileId: filter.fileId === String(fileId) ? "" : String(fileId) }),
              chosen: filter.fileId === String(fileId),
            })),
            "No rejects",
          ),
        ),
      ),
    { keep: true },
  );
  drawTools();
  load();
  loadSummary();

  let timer = 0;
  const soon = () => {
    timer ||= setTimeout(() => {
      timer = 0;
      load();
      loadSummary();
    }, 2000);
  };
  end.add(() => clearTimeout(timer));
  let total = null;
  end.add(
    live.on("overview", (overview) => {
      const now = `${overview.totals?.rowsRejected} ${overview.totals?.openRejects}`;
      if (
        total !== null &&
        now !== total &&
        pages.isFirst &&
        chosen.size === 0 &&
        !box.contains(document.activeElement) &&
        !summary.contains(document.activeElement)
      )
        soon();
      total = now;
    }),
  );
  api.get("/pipelines").then(
    (list) => {
      if (end.isOver()) return;
      pipelineField.setOptions([["", "All pipelines"], ...list.items.map(({ name }) => [name, name])]);
      pipelineField.input.value = filter.pipeline;
    },
    () => {},
  );
  return end;
}

function noRejects(filtered, clear) {
  return filtered
    ? emptyState({
        title: "No record fits",
        symbol: "search",
        hints: ["No rejected record is like this."],
        action: h("button", { type: "button", class: "button", on: { click: clear } }, "Show all records"),
      })
    : emptyState({
        title: "Nothing was rejected",
        symbol: "check",
        hints: [
          "Every record so far fits its table. One that does not will be here, with its line, its reason and its text, and stops nothing.",
        ],
      });
}
