// How full something is, with the numbers beside it.
import { h, setText } from "../dom.js";

export function meter(label) {
  const bar = h("meter", { min: "0", max: "1", value: "0", "aria-label": label });
  const text = h("span", { class: "meter-text" });
  const element = h("span", { class: "meter" }, bar, text);
  element.set = (share, words) => {
    bar.hidden = share == null;
    bar.value = Math.max(0, Math.min(1, share || 0));
    bar.ariaValueText = words;
    setText(text, words);
  };
  return element;
}
