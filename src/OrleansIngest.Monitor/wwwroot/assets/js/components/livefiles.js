// The files in progress and the latest ones, newest first.
import * as api from "../api.js";
import { h, reconcile, setText } from "../dom.js";
import { bytes, compact, noun, plural } from "../format.js";
import * as live from "../live.js";
import { onRejectsClosed } from "./attention.js";
import { progress } from "./progress.js";
import { badge, setBadge } from "./status.js";
import { visible } from "../visible.js";

/** `pipeline`: only its files. */
export function liveFiles({ limit, pipeline = null }) {
  const list = h("ul", { class: "file-list" });
  const empty = h("p", { class: "hint pad", hidden: true }, "No files yet. New files appear here.");
  const known = new Map();

  function show(changed) {
    for (const file of changed) if (!pipeline || file.pipeline === pipeline) known.set(file.id, file);
    const order = (file) => (file.status === "loading" ? Infinity : Date.parse(file.finishedAt ?? file.discoveredAt) || 0);
    const files = [...known.values()].sort((a, b) => order(b) - order(a) || b.id - a.id);
    for (const file of files.slice(limit * 4)) known.delete(file.id);
    reconcile(
      list,
      files.slice(0, limit),
      (file) => file.id,
      create,
      (row, file) => fill(row, file, pipeline),
    );
    empty.hidden = files.length > 0;
  }

  // Files from before the first event, or changed by a replay; files that the stream has already delivered are newer.
  const load = (isNews) =>
    api.get("/files", { pipeline, sort: "discoveredAt", dir: "desc", limit }).then(
      (answer) => show(answer.items.filter(isNews)),
      () => {},
    );
  load((file) => !known.has(file.id));
  const stops = [
    live.on("files", ({ changed }) => show(changed)),
    onRejectsClosed(() => load((file) => known.get(file.id)?.status !== "loading")),
  ];
  return { element: h("div", { class: "file-list-box" }, list, empty), dispose: () => stops.forEach((stop) => stop()) };
}

function create(file) {
  const bar = progress("Progress");
  const row = h(
    "li",
    { class: "file-item" },
    h("a", { class: "file-item-name", href: `/files/${file.id}` }, h("bdi", {}, visible(file.name))),
    badge(file.state),
    bar.element,
    h("span", { class: "file-item-note" }),
  );
  row.bar = bar;
  return row;
}

function fill(row, file, pipeline) {
  row.querySelector("a").title = visible(file.path);
  setBadge(row.querySelector(".badge"), file.state);
  row.bar.element.hidden = file.status !== "loading";
  row.bar.set(file.progress);
  const isBegun = file.status === "loading" || file.rowsLoaded > 0 || file.openRejects > 0;
  const parts = [
    !pipeline && file.pipeline,
    bytes(file.size),
    isBegun && `${compact(file.rowsLoaded)} ${noun(file.rowsLoaded, "row")}`,
    file.openRejects > 0 && plural(file.openRejects, "reject"),
  ];
  setText(row.querySelector(".file-item-note"), parts.filter(Boolean).join(" · "));
}
