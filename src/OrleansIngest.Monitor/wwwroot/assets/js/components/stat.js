// A number that matters: label, value, unit, and a line below it.
import { h, setAttribute, setText } from "../dom.js";

/** `set([value, unit], note, tone)` writes it; the size is reserved from the start. */
export function stat(label, { hint = null, large = false } = {}) {
  const value = h("span", { class: "stat-value" }, "–");
  const unit = h("span", { class: "stat-unit" });
  const note = h("span", { class: "stat-note" });
  const element = h(
    "div",
    { class: large ? "stat stat-large" : "stat" },
    h("dt", { class: "stat-label", title: hint }, label),
    h("dd", {}, h("span", { class: "stat-line" }, value, " ", unit), note),
  );
  return {
    element,
    set([amount, unitText = ""], noteText = "", tone = null) {
      setText(value, amount);
      setText(unit, unitText);
      setText(note, noteText);
      setAttribute(element, "data-tone", tone);
    },
  };
}

/** Several of them as one list. */
export function stats(list, className = "stats") {
  return h(
    "dl",
    { class: className },
    list.map((one) => one.element),
  );
}
