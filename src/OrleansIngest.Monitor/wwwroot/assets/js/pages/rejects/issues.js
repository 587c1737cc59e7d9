// Rejects, a line for each fault.
import * as api from "../../api.js";
import { issueList } from "../../components/issuelist.js";
import { skeleton } from "../../components/states.js";
import { h, replace, setText } from "../../dom.js";
import { number, plural } from "../../format.js";
import { ending, loader } from "../page.js";

const most = 100; // issues at a time

/** `page`: { filter(), nothing(), isOpen(key), opened(key, isOpen) }. */
export function issueView(box, page) {
  const end = ending();
  const list = issueList({ filter: page.filter, isOpen: page.isOpen, opened: page.opened, changed: () => load() });
  const title = h("h2", {});
  const rest = h("p", { class: "hint", hidden: true });
  const card = h("section", { class: "card issue-card" }, h("div", { class: "card-head" }, title), list.element, rest);
  const waiting = h("div", { class: "card" }, skeleton(6));
  replace(box, waiting);
  const load = loader(
    end,
    waiting,
    (signal) => api.get("/rejects/issues", { ...page.filter(), limit: most }, signal),
    (answer) => {
      if (!answer.items.length) {
        list.set([]);
        replace(box, h("div", { class: "card" }, page.nothing()));
        return;
      }
      setText(title, `${plural(answer.rejects, "reject")} in ${plural(answer.issues, "issue")}`);
      rest.hidden = answer.issues <= answer.items.length;
      setText(
        rest,
        `Only the ${number(answer.items.length)} issues with the most rejects are shown. Use the filters to see others.`,
      );
      if (card.parentNode !== box) replace(box, card);
      list.set(answer.items);
    },
    { keep: true },
  );
  return { load, end, reset: () => {}, isBusy: () => false };
}
