// Rejects, record by record: counted by reason and by file, chosen, replayed, ignored and reopened.
import * as api from "../../api.js";
import { bars } from "../../components/bars.js";
import { icon } from "../../components/icons.js";
import { pager } from "../../components/pager.js";
import { rejectList } from "../../components/rejectlist.js";
import { rejectVerbButton } from "../../components/rejectverbs.js";
import { replayRejects } from "../../components/replay.js";
import { skeleton } from "../../components/states.js";
import { h, replace } from "../../dom.js";
import { number, plural } from "../../format.js";
import { ending, loader } from "../page.js";
import { baseName, visible } from "../../visible.js";

const limit = 25;
const most = 6; // reasons and files in the summary

/** `page`: { filter(), change(values), nothing(), actions }. */
export function recordView(root, page) {
  const end = ending();
  const chosen = new Set();
  const summary = h("div", { class: "two-columns reject-summary" }, skeleton(1, "summary"), skeleton(1, "summary"));
  const box = h("div", { class: "card" }, skeleton(8));
  const pages = pager(limit, () => loadList());
  const label = h("span", {});
  const button = h("button", { type: "button", class: "button", id: "replay", on: { click: replay } }, icon("replay"), label);
  const verb = rejectVerbButton(choice, changed);
  replace(page.actions, verb.element, button);
  replace(root, summary, box, pages.element);

  function drawButton() {
    const which = chosen.size ? `${number(chosen.size)} selected` : "all in this list";
    const { status } = page.filter();
    replace(label, `Replay ${which}`);
    button.hidden = ["replayed", "ignored", "replaced"].includes(status);
    verb.set(status, which);
  }

  function choice() {
    const given = Object.entries(page.filter()).filter(([, value]) => value !== "");
    return chosen.size ? { ids: [...chosen] } : { filter: Object.fromEntries(given) };
  }

  function changed() {
    chosen.clear();
    load();
  }

  async function replay() {
    const title = chosen.size ? `Replay ${plural(chosen.size, "reject")}?` : "Replay all rejects in this list?";
    if ((await replayRejects(choice(), { title, total: chosen.size || null })) !== undefined) changed();
  }

  const loadList = loader(
    end,
    box,
    (signal) => api.get("/rejects", { ...page.filter(), limit, after: pages.cursor }, signal),
    (answer) => {
      pages.set(answer, "records");
      button.disabled = verb.element.disabled = answer.items.length === 0;
      drawButton();
      replace(
        box,
        answer.items.length
          ? rejectList(answer.items, {
              selected: chosen,
              select: (id, on) => {
                if (on) chosen.add(id);
                else chosen.delete(id);
                drawButton();
              },
              changed,
            })
          : page.nothing(),
      );
    },
    { keep: true },
  );
  const loadSummary = loader(
    end,
    summary,
    (signal) => {
      const { pipeline, status } = page.filter();
      return api.get("/rejects/summary", { pipeline, status }, signal);
    },
    (answer) => {
      const filter = page.filter();
      replace(
        summary,
        h(
          "section",
          { class: "card" },
          h(
            "div",
            { class: "card-head" },
            h("h2", {}, "By reason"),
            h("span", { class: "muted" }, plural(answer.total, "record")),
          ),
          bars(
            answer.byReason.slice(0, most).map(({ reason, count }) => ({
              label: reason,
              count,
              choose: () => page.change({ reason: filter.reason === reason ? "" : reason }),
              chosen: filter.reason === reason,
            })),
            "No rejects",
          ),
        ),
        h(
          "section",
          { class: "card" },
          h("div", { class: "card-head" }, h("h2", {}, "By file"), h("span", { class: "muted" }, "most rejects first")),
          bars(
            answer.byFile.slice(0, most).map(({ fileId, path, count }) => ({
              label: baseName(path),
              hint: visible(path),
              count,
              choose: () => page.change({ fileId: filter.fileId === String(fileId) ? "" : String(fileId) }),
              chosen: filter.fileId === String(fileId),
            })),
            "No rejects",
          ),
        ),
      );
    },
    { keep: true },
  );

  function load() {
    loadSummary();
    return loadList();
  }
  return {
    load,
    end: () => {
      replace(page.actions);
      end();
    },
    reset() {
      pages.reset();
      chosen.clear();
    },
    isBusy: () =>
      !pages.isFirst ||
      chosen.size > 0 ||
      box.querySelector(".edit") !== null ||
      [box, summary].some((one) => one.contains(document.activeElement)),
  };
}
