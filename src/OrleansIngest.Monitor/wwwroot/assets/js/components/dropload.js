// The load of a dropped file, and its result.
import * as api from "../api.js";
import { h, replace, setText } from "../dom.js";
import { plural } from "../format.js";
import { icon } from "./icons.js";
import { progress } from "./progress.js";
import { visible } from "../visible.js";

const pause = 400; // ms
const titles = {
  waiting: "Waiting for another load",
  loading: "Loading",
  loaded: "Loaded",
  repeated: "Already loaded",
  failed: "Not loaded",
};

export const isUnderWay = (drop) => drop.state === "waiting" || drop.state === "loading";

/** Shows the load of a drop until it ends; then calls `ended(drop)`. */
export function dropLoad(end, first, ended) {
  const title = h("h2", {});
  const bar = progress("Committed");
  const text = h("p", { role: "status" });
  const links = h("div", { class: "drop-actions" });
  const element = h("section", { class: "card drop-load" }, h("div", { class: "card-head" }, title, bar.element), text, links);
  let timer = 0;
  end.add(() => clearTimeout(timer));

  function show(drop) {
    setText(title, titles[drop.state] ?? drop.state);
    element.dataset.state = drop.state;
    bar.set(
      drop.state === "loaded" ? 1 : drop.size && drop.state !== "waiting" ? drop.bytes / drop.size : 0,
      drop.state === "loaded" ? "good" : null,
    );
    bar.element.hidden = drop.state === "failed" || drop.state === "repeated";
    setText(text, words(drop));
    if (!isUnderWay(drop)) replace(links, actions(drop));
  }

  async function look() {
    try {
      const drop = await api.get(`/drops/${encodeURIComponent(first.id)}`);
      if (end.isOver()) return;
      show(drop);
      if (!isUnderWay(drop)) return ended(drop);
    } catch (failure) {
      if (end.isOver()) return;
      if (!(failure instanceof api.ApiError)) throw failure;
      if (failure.notFound) {
        setText(title, "The program was restarted");
        setText(
          text,
          "The Files page shows whether the file was loaded. If not, drop it again: the load resumes where it stopped.",
        );
        replace(links, h("a", { class: "button", href: "/files" }, icon("files"), "Files"));
        return;
      }
      setText(text, "The program is not responding. This page retries automatically.");
    }
    timer = setTimeout(look, pause);
  }

  show(first);
  if (isUnderWay(first)) timer = setTimeout(look, pause);
  return { element };
}

function words(drop) {
  const note = drop.message ? ` ${visible(drop.message, 1000)}` : "";
  if (drop.state === "loaded")
    return (
      `${plural(drop.rows, "row")} loaded into ${visible(drop.table)}, ${plural(drop.rejected, "record")} rejected, ` +
      `${plural(drop.skipped, "line")} skipped.${note}`
    );
  if (drop.state === "repeated") return `Nothing was loaded: ${visible(drop.table)} already contains this content.${note}`;
  if (drop.state === "failed") return visible(drop.message, 1000) ?? "";
  return drop.state === "waiting" ? "This program is loading another file." : `${plural(drop.rows, "row")} so far.`;
}

function actions(drop) {
  const link = (href, symbol, label) => h("a", { class: "button", href }, icon(symbol), label);
  return [
    drop.fileId && link(`/files/${drop.fileId}`, "files", "File page"),
    drop.rejected > 0 &&
      link(`/rejects?fileId=${drop.fileId}&status=any&view=records`, "rejects", plural(drop.rejected, "reject")),
    drop.state === "loaded" &&
      drop.rows > 0 &&
      link(`/data?pipeline=${encodeURIComponent(drop.pipeline)}`, "data", "Rows of the table"),
  ];
}
