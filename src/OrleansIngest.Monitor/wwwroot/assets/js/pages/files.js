// All files: search, filter, sort, page; rows change while they are looked at.
import * as api from "../api.js";
import { onRejectsClosed } from "../components/attention.js";
import { search, select } from "../components/fields.js";
import { act, fileActions } from "../components/file-actions.js";
import { menu } from "../components/menu.js";
import { pager } from "../components/pager.js";
import { progress } from "../components/progress.js";
import { emptyState, skeleton } from "../components/states.js";
import { badge, setBadge, statusTone, statusWord } from "../components/status.js";
import { table, textColumn } from "../components/table.js";
import { setAgo } from "../components/time.js";
import { h, replace, setText } from "../dom.js";
import { bytes, duration, number } from "../format.js";
import * as live from "../live.js";
import { getQuery, setQuery } from "../router.js";
import { ending, heading, loader } from "./page.js";
import { visible } from "../visible.js";

export const title = "Files";
const limit = 50;
const states = [
  "discovered",
  "ready",
  "loading",
  "loaded",
  "loaded-with-rejects",
  "all-rejected",
  "failed",
  "quarantined",
  "ignored",
  "vanished",
];
const defaults = { sort: "discoveredAt", dir: "desc" };

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
  const searchField = search("Search", "Part of a path", (q) => change({ q }));
  searchField.input.value = filter.q;
  const statusField = select("State", [["", "All states"], ...states.map((state) => [state, statusWord(state)])], (status) =>
    change({ status }),
  );
  const pipelineField = select("Pipeline", [["", "All pipelines"]], (pipeline) => change({ pipeline }));
  const nodeField = select("Node", [["", "All nodes"]], (node) => change({ node }));
  statusField.input.value = filter.status;
  const pages = pager(limit, () => load());
  const box = h("div", { class: "card list-card" }, skeleton(12));
  const list = table({ caption: "Files", columns: columns(showRow), keyOf: (file) => file.id, onSort: sortBy, className: "files-table" });
  replace(
    root,
    heading("Files", "Every version of every file that was ever seen, and what became of it."),
    h(
      "form",
      { class: "toolbar", role: "search", on: { submit: (event) => event.preventDefault() } },
      searchField.element,
      statusField.element,
      pipelineField.element,
      nodeField.element,
    ),
    box,
    pages.element,
  );

  function change(values) {
    Object.assign(filter, values);
    pages.reset();
    setQuery({
      ...filter,
      sort: filter.sort === defaults.sort && filter.dir === defaults.dir ? null : filter.sort,
      dir: filter.sort === defaults.sort && filter.dir === defaults.dir ? null : filter.dir,
    });
    load();
  }

  function sortBy(key) {
    change(filter.sort === key ? { dir: filter.dir === "asc" ? "desc" : "asc" } : { sort: key, dir: key === "path" ? "asc" : "desc" });
  }

  function showRow(row) {
    if (row) list.update(row);
    else load();
  }

  const load = loader(
    end,
    box,
    (signal) => api.get("/files", { ...filter, limit, after: pages.cursor }, signal),
    (answer) => {
      pages.set(answer, "files");
      list.sorted(filter.sort, filter.dir);
      list.set(answer.items);
      replace(
        box,
        answer.items.length
          ? list.element
          : noFiles(filter, () => {
              searchField.input.value = "";
              statusField.input.value = pipelineField.input.value = nodeField.input.value = "";
              change({ q: "", status: "", pipeline: "", node: "" });
            }),
      );
    },
    { keep: true },
  );
  load();

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
    const withChosen = (names, chosen) => [...new Set(chosen ? [...names, chosen] : names)].map((name) => [name, name]);
    pipelineField.setOptions([
      ["", "All pipelines"],
      ...withChosen(
        pipelines.items.map((pipeline) => pipeline.name),
        filter.pipeline,
      ),
    ]);
    nodeField.setOptions([
      ["", "All nodes"],
      ...withChosen(
        nodes.items.map((node) => node.node),
        filter.node,
      ),
    ]);
    pipelineField.input.value = filter.pipeline;
    nodeField.input.value = filter.node;
  } catch {
    // The list itself says what is wrong; without these choices it still works.
  }
}

function columns(changed) {
  return [
    {
      key: "name",
      label: "File",
      sort: "path",
      create: () => h("span", { class: "file-name" }, h("a", {}, h("bdi", {})), h("span", { class: "file-folder" })),
      fill(node, file) {
        const link = node.querySelector("a");
        link.setAttribute("href", `/files/${file.id}`);
        link.title = visible(file.path);
        setText(link.firstElementChild, visible(file.name));
        setText(
          node.querySelector(".file-folder"),
          [file.pipeline, file.version > 1 && `version ${file.version}`, file.node && `on ${file.node}`].filter(Boolean).join(", "),
        );
      },
    },
    {
      key: "status",
      label: "State",
      create: () => badge(""),
      fill(node, file) {
        setBadge(node, file.state);
        node.title = visible(file.reason ?? file.error) ?? "";
      },
    },
    {
      key: "progress",
      label: "Progress",
      create() {
        const bar = progress("Progress");
        bar.element.bar = bar;
        return bar.element;
      },
      fill(node, file) {
        node.bar.set(file.status === "loaded" ? 1 : file.progress, file.status === "loaded" ? statusTone(file.state) : null);
      },
    },
    textColumn("rows", "Rows", (file) => number(file.rowsLoaded), { numeric: true, sort: "rows" }),
    {
      key: "rejected",
      label: "Rejected",
      numeric: true,
      sort: "rejected",
      create: () => h("span", {}),
      fill(node, file) {
        // Those that are open; how many there were is on the file's page.
        const text = number(file.openRejects);
        node.title = file.rowsRejected ? `${number(file.rowsRejected)} when it was loaded` : "";
        if (node.textContent !== text || !file.openRejects)
          replace(
            node,
            file.openRejects ? h("a", { href: `/rejects?fileId=${file.id}&status=open&view=records`, class: "warn-link" }, text) : text,
          );
      },
    },
    textColumn("size", "Size", (file) => bytes(file.size), { numeric: true, sort: "size" }),
    textColumn("duration", "Took", (file) => duration(file.durationMs), { numeric: true, sort: "durationMs" }),
    {
      key: "discovered",
      label: "Found",
      sort: "discoveredAt",
      create: () => h("time", { dataset: { ago: "" } }),
      fill: (node, file) => setAgo(node, file.discoveredAt),
    },
    {
      key: "actions",
      label: "Actions",
      hideLabel: true,
      create() {
        const holder = h("span", {});
        holder.append(
          menu("Actions", () =>
            (holder.file.actions ?? []).map((action) => ({
              label: fileActions[action].label,
              symbol: action,
              run: async () => {
                const row = await act(holder.file, action);
                if (row !== undefined) changed(row);
              },
            })),
          ),
        );
        return holder;
      },
      fill(node, file) {
        node.file = file;
        node.hidden = !file.actions?.length;
      },
    },
  ];
}

function noFiles(filter, clear) {
  const filtered = filter.q || filter.status || filter.pipeline || filter.node;
  if (filtered)
    return emptyState({
      title: "No file fits",
      symbol: "search",
      hints: ["The search looks for a part of the path, in capitals or not."],
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
      "A file that does not appear may be excluded by its name (those that begin with . or _, or end in .tmp or .part).",
      h("code", { class: "block" }, "ingest generate"),
    ],
  });
}
