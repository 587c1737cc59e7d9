// Names with counts as horizontal bars that can be chosen.
import { h } from "../dom.js";
import { number } from "../format.js";

export function bars(items, nothing) {
  if (!items.length) return h("p", { class: "hint" }, nothing);
  const most = Math.max(...items.map((item) => item.count));
  return h(
    "ul",
    { class: "bars" },
    items.map((item) => {
      const fill = h("span", { class: "bar-fill", "aria-hidden": "true" });
      fill.style.width = `${Math.max(1, (item.count / most) * 100)}%`;
      return h(
        "li",
        {},
        h(
          "button",
          { type: "button", class: "bar", "aria-pressed": String(item.chosen), title: item.hint, on: { click: item.choose } },
          fill,
          h("bdi", { class: "bar-label" }, item.label),
          h("span", { class: "bar-count" }, number(item.count)),
        ),
      );
    }),
  );
}
