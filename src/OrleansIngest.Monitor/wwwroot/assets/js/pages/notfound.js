// An address that is no page.
import { emptyState } from "../components/states.js";
import { h, replace } from "../dom.js";

export const title = "Not found";

export function mount(root) {
  replace(
    root,
    h(
      "div",
      { class: "card" },
      h("h1", { class: "visually-hidden" }, "Not found"),
      emptyState({
        title: "Page not found",
        symbol: "search",
        hints: ["The address may be mistyped or from another version."],
        action: h("a", { class: "button", href: "/" }, "Overview"),
      }),
    ),
  );
}
