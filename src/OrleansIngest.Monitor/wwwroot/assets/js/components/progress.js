// How much of a file is committed.
import { h, setAttribute, setText } from "../dom.js";

export function progress(label) {
  const bar = h("progress", { max: "1", value: "0", "aria-label": label });
  const text = h("span", { class: "progress-text" });
  const element = h("span", { class: "progress" }, bar, text);
  return {
    element,
    /** `value`: null while the end of the file is unknown: the bar is then indeterminate. */
    set(value, tone = null) {
      if (value == null) bar.removeAttribute("value");
      else bar.value = value;
      setAttribute(bar, "data-tone", tone);
      setText(text, value == null ? "" : `${Math.floor(value * 100)} %`);
    },
  };
}
