// All files: by state, searched, filtered, sorted, paged and live. Bulk actions for all matching files.
import * as api from "../api.js";
import { onRejectsClosed } from "../components/attention.js";
import { bulkItems } from "../components/bulk.js";
import { pipelineChoices } from "../components/dropped.js";
import { search, select } from "../components/fields.js";
import { menu } from "../components/menu.js";
import { pager } from "../components/pager.js";
import { stateTabs } from "../components/statetabs.js";
import { emptyState, skeleton } from "../components/states.js";
import { table } from "../components/table.js";
import { keep } from "../database.js";
import { h, replace } from "../dom.js";
import * as live from "../live.js";
import { getQuery, setQuery } from "../router.js";
import { columns } from "./files/columns.js";
import { ending, heading, loader } from "./page.js";

export const title = "Files";
const limit = 50;
const defaults = { sort: "discoveredAt", dir: "desc" };
const countEvery = 5000; // ms

export function mount(root) {
  const end = ending();
  const given = getQuery();
  const filter = {
    q: given.q ?? "",
    status: given.status ?? "",
    pipeline: given.pipeline ?? "",
    node: given.node ?? "",
    sort: given.sort ?? defaults.sort,
    dir: given.dir ?? defaults.dir,
  };
  const chosen = () => ({ pipeline: filter.pipeline, status: filter.status, q: filter.q, node: filter.node });
  const withoutEmpty = (values) => Object.fromEntries(Object.entries(values).filter(([, value]) => value));
  const searchField = search("Search", "Part of a path", (q) => change({ q }, { replace: true }));
  searchField.input.value = filter.q;
  const pipelineField = select("Pipeline", [["", "All pipelines"]], (pipeline) => change({ pipeline }));
  const nodeField = select("Node", [["", "All nodes"]], (node) => change({ node }));
  const tabs = stateTabs({
    address: (status) => keep(`/files${api.query({ ...chosen(), status })}`),
    choose: (status) => change({ status }),
  });
  const bulk = menu("Actions for all files of the list", () => bulkItems(() => withoutEmpty(chosen()), reload), {
    text: "Bulk actions",
  });
  const pages = pager(limit, () => load());
  const box = h("div", { class: "card list-card" }, skeleton(12));
  const list = table({
    caption: "Files",
    columns: columns(showRow),
    keyOf: (file) => file.id,
    onSort: sortBy,
    className: "files-table",
  });
  replace(
    root,
    heading("Files", "Every version of every discovered file, and its state.", [bulk]),
    h(
      "form",
      { class: "toolbar", role: "search", on: { submit: (event) => event.preventDefault() } },
      searchField.element,
      pipelineField.element,
      nodeField.element,
    ),
    tabs.element,
    box,
    pages.element,
  );

  function change(values, entry = {}) {
    Object.assign(filter, values);
    pages.reset();
    const isDefault = filter.sort === defaults.sort && filter.dir === defaults.dir;
    setQuery({ ...filter, sort: isDefault ? null : filter.sort, dir: isDefault ? null : filter.dir }, entry);
    if ("q" in values || "pipeline" in values || "node" in values) {
      counts = null;
      loadCounts();
    }
    tabs.set(counts, filter.status);
    return load();
  }

  function sortBy(key) {
    change(
      filter.sort === key ? { dir: filter.dir === "asc" ? "desc" : "asc" } : { sort: key, dir: key === "path" ? "asc" : "desc" },
    );
  }

  function showRow(row) {
    if (row) list.update(row);
    else load();
    loadCounts();
  }

  function reload() {
    load();
    loadCounts();
  }

  let counts = null;
  const load = loader(
    end,
    box,
    (signal) => api.get("/files", { ...filter, limit, after: pages.cursor }, signal),
    (answer) => {
      pages.set(answer, "files");
      bulk.hidden = answer.items.length === 0;
      list.sorted(filter.sort, filter.dir);
      list.set(answer.items);
      replace(box, answer.items.length ? list.element : noFiles(filter, clear));
    },
    { keep: true },
  );
  const loadCounts = loader(
    end,
    h("div", {}), // the list reports the error
    (signal) => api.get("/files/counts", { pipeline: filter.pipeline, q: filter.q, node: filter.node }, signal),
    (now) => {
      counts = now;
      tabs.set(counts, filter.status);
    },
    { keep: true },
  );

  function clear() {
    searchField.input.value = "";
    pipelineField.input.value = nodeField.input.value = "";
    change({ q: "", status: "", pipeline: "", node: "" });
  }

  tabs.set(null, filter.status);
  bulk.hidden = true;
  load();
  loadCounts();
  // Counting the matches of a search is slow: once is enough.
  end.every(countEvery, () => !filter.q && !filter.node && loadCounts());

  let soon = 0;
  const loadSoon = () => {
    if (!soon)
      soon = setTimeout(() => {
        soon = 0;
        load();
      }, 1500);
  };
  end.add(() => clearTimeout(soon));
  end.add(
    live.on("files", ({ changed }) => {
      const fresh = changed.filter((file) => !list.update(file) && matches(file, filter));
      if (
        fresh.length &&
        pages.isFirst &&
        filter.sort === defaults.sort &&
        filter.dir === defaults.dir &&
        !root.querySelector(":popover-open")
      )
        loadSoon();
    }),
  );
  end.add(onRejectsClosed(loadSoon));
  fillChoices(end, pipelineField, nodeField, filter);
  return end;
}

function matches(file, filter) {
  return (
    (!filter.status || filter.status.split(",").some((state) => state === file.status || state === file.state)) &&
    (!filter.pipeline || filter.pipeline === file.pipeline) &&
    (!filter.node || filter.node === file.node) &&
    (!filter.q || file.path.toLowerCase().includes(filter.q.toLowerCase()))
  );
}

async function fillChoices(end, pipelineField, nodeField, filter) {
  try {
    const [pipelines, nodes] = await Promise.all([api.get("/pipelines"), api.get("/nodes")]);
    if (end.isOver()) return;
    const withChosen = (choices, chosen) =>
      !chosen || choices.some(([name]) => name === chosen) ? choices : [...choices, [chosen, chosen]];
    pipelineField.setOptions([["", "All pipelines"], ...withChosen(pipelineChoices(pipelines.items), filter.pipeline)]);
    nodeField.setOptions([
      ["", "All nodes"],
      ...withChosen(
        nodes.items.map(({ node }) => [node, node]),
        filter.node,
      ),
    ]);
    pipelineField.input.value = filter.pipeline;
    nodeField.input.value = filter.node;
  } catch {
    // The list reports the error and works without these choices.
  }
}

function noFiles(filter, clear) {
  const filtered = filter.q || filter.status || filter.pipeline || filter.node;
  if (filtered)
    return emptyState({
      title: "No matching files",
      symbol: "search",
      hints: ["The search matches any part of the path and ignores case."],
      action: h("button", { type: "button", class: "button", on: { click: clear } }, "Show all files"),
    });
  return emptyState({
    title: "No files yet",
    hints: [
      [
        "Put a CSV file into a watched directory and it appears here within a second. The directories are on the page ",
        h("a", { href: "/configuration" }, "Configuration"),
        ".",
      ],
      "Some names are excluded: those that begin with . or _, or end in .tmp or .part.",
      h("code", { class: "block" }, "ingest generate"),
    ],
  });
}
