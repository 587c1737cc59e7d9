// Rejects as issues: a line for each fault, which opens on its records.
import * as api from "../api.js";
import { h, reconcile, replace, setAttribute, setText } from "../dom.js";
import { instant, number, noun, plural } from "../format.js";
import { icon } from "./icons.js";
import { pager } from "./pager.js";
import { rejectList } from "./rejectlist.js";
import { rejectVerbButton } from "./rejectverbs.js";
import { replayRejects } from "./replay.js";
import { errorState, skeleton } from "./states.js";
import { setAgo } from "./time.js";
import { visible } from "../visible.js";

const samples = 5;
export const keyOf = (issue) => [issue.pipeline, issue.table ?? "", issue.id].join("/");

/**
 * `filter()`: that of the page. `opened(key)` is called with the open issue. `changed()` is called when rejects were
 * replayed, ignored or reopened.
 */
export function issueList({ filter, isOpen, opened, changed }) {
  const element = h("ul", { class: "issue-list" });
  return {
    element,
    set(issues) {
      reconcile(element, issues, keyOf, create, (row, issue) => row.fill(issue));
    },
  };

  function create(first) {
    const id = `issue-${first.id}-${Math.random().toString(36).slice(2)}`;
    const count = h("span", { class: "issue-count numeric" });
    const noun_ = h("span", { class: "issue-noun" });
    const shape = h("bdi", { class: "issue-shape" });
    const facts = h("span", { class: "issue-facts" });
    const last = h("time", { dataset: { ago: "" } });
    const button = h(
      "button",
      { type: "button", class: "issue-button", "aria-expanded": "false", "aria-controls": id, on: { click: () => toggle() } },
      icon("right"),
      h("span", { class: "issue-text" }, shape, facts),
      h("span", { class: "issue-sum" }, h("span", {}, count, " ", noun_), last),
    );
    const panel = h("div", { class: "issue-panel", id, hidden: true });
    const row = h("li", { class: "issue" }, button, panel);
    let issue = first;
    let shown = null; // what the panel shows, and of how many rejects

    row.fill = (now) => {
      issue = now;
      setText(count, number(now.rejects));
      setText(noun_, noun(now.rejects, "reject"));
      if (shape.dataset.text !== now.shape) replace(shape, marked(now.shape));
      shape.dataset.text = now.shape;
      const place = now.column ? [h("code", {}, h("bdi", {}, visible(now.column, 80))), " of "] : [];
      replace(
        facts,
        place,
        h("bdi", {}, visible(now.table ?? now.pipeline, 80)),
        ` · ${now.reason} · ${plural(now.files, "file")}`,
      );
      setAgo(last, now.lastAt);
      if (isOpen(keyOf(now)) && panel.hidden) toggle(true);
      else if (!panel.hidden && shown !== now.rejects && !panel.contains(document.activeElement) && !panel.querySelector(".edit"))
        load();
    };

    function toggle(open = panel.hidden) {
      panel.hidden = !open;
      setAttribute(button, "aria-expanded", String(open));
      opened(keyOf(issue), open);
      if (open) load();
      else replace(panel);
    }

    const box = h("div", {}, skeleton(2));
    const since = h("span", { class: "hint" });
    const pages = pager(samples, () => load(), { inAddress: false });
    const replay = h("button", { type: "button", class: "button", on: { click: act } }, icon("replay"), h("span", {}, "Replay"));
    const verb = rejectVerbButton(() => ({ filter: choice() }), changed);
    const tools = h("div", { class: "issue-tools" }, since, h("span", { class: "issue-verbs" }, replay, verb.element));

    const choice = () => ({
      ...filter(),
      pipeline: issue.pipeline,
      issue: issue.id,
      ...(issue.table ? { table: issue.table } : {}),
    });

    async function act() {
      replay.disabled = true; // the trial may take a second
      try {
        const title = `Replay ${plural(issue.rejects, "reject")}?`;
        const answer = await replayRejects({ filter: choice() }, { title, total: issue.rejects });
        if (answer !== undefined) changed();
      } finally {
        replay.disabled = false;
      }
    }

    function reload() {
      load();
      changed();
    }

    async function load() {
      const of = issue.rejects;
      shown = of;
      setText(since, issue.rejects === 1 ? instant(issue.firstAt) : `${instant(issue.firstAt)} to ${instant(issue.lastAt)}`);
      setText(replay.lastChild, issue.rejects === 1 ? "Replay" : `Replay all ${number(issue.rejects)}`);
      replay.hidden = ["replayed", "ignored", "replaced"].includes(filter().status);
      verb.set(filter().status, issue.rejects === 1 ? "" : `all ${number(issue.rejects)}`);
      if (!panel.childElementCount) replace(panel, tools, box, pages.element);
      try {
        const answer = await api.get("/rejects", { ...choice(), limit: samples, after: pages.cursor });
        if (panel.hidden || shown !== of) return;
        pages.set(answer, "records");
        pages.element.hidden ||= answer.items.length < samples && !pages.cursor;
        replace(box, rejectList(answer.items, { changed: reload }));
      } catch (failure) {
        if (failure instanceof api.ApiError) replace(box, errorState(failure, load));
        else throw failure;
      }
    }

    return row;
  }
}

/** The message with its placeholders set apart from its words. */
function marked(shape) {
  return visible(shape, 300)
    .split(/(\bN\b|"\.\.\."|\(\.\.\.\))/)
    .map((part, at) => (at % 2 ? h("span", { class: "issue-gap" }, part === "N" ? "N" : part.replace("...", "…")) : part));
}
