// Through long lists by cursors: next, and back over the cursors that were seen.
import { h, setText } from "../dom.js";
import { number } from "../format.js";
import { icon } from "./icons.js";

export function pager(limit, load) {
  let cursors = [null];
  const previous = h(
    "button",
    {
      type: "button",
      class: "button",
      on: {
        click: () => {
          cursors.pop();
          load();
        },
      },
    },
    icon("left"),
    "Previous",
  );
  const next = h(
    "button",
    {
      type: "button",
      class: "button",
      on: {
        click: () => {
          cursors.push(next.cursor);
          load();
        },
      },
    },
    "Next",
    icon("right"),
  );
  const text = h("p", { class: "pager-text", role: "status" });
  const element = h(
    "nav",
    { class: "pager", "aria-label": "Pages of the list" },
    text,
    h("div", { class: "pager-buttons" }, previous, next),
  );
  return {
    element,
    get cursor() {
      return cursors.at(-1);
    },
    get isFirst() {
      return cursors.length === 1;
    },
    reset() {
      cursors = [null];
    },
    set(list, what) {
      const start = (cursors.length - 1) * limit;
      const total = list.total != null ? number(list.total) : list.totalAtLeast != null ? `more than ${number(list.totalAtLeast)}` : "many";
      element.hidden = list.items.length === 0 && cursors.length === 1;
      setText(
        text,
        list.total === 1
          ? `1 ${what.replace(/s$/, "")}`
          : list.items.length
            ? `${number(start + 1)} to ${number(start + list.items.length)} of ${total} ${what}`
            : `No ${what}`,
      );
      next.cursor = list.next;
      previous.disabled = cursors.length === 1;
      next.disabled = !list.next;
    },
  };
}
