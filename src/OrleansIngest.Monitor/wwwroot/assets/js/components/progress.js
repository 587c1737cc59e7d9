// How much of a file is committed.
import { h, setAttribute, setText } from "../dom.js";

export function progress(label) {
  const bar = h("progress", { max: "1", value: "0", "aria-label": label });
  const text = h("span", { class: "progress-text" });
  const element = h("span", { class: "progress" }, bar, text);
  return {
    element,
    set(value, tone = null) {
      bar.value = value ?? 0;
      setAttribute(bar, "data-tone", tone);
      setText(text, `${Math.floor((value ?? 0) * 100)} %`);
    },
  };
}
