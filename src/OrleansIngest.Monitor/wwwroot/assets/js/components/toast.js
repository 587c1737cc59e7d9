// A short word about something that just happened; read out by screen readers, and gone after a while.
import { h } from "../dom.js";

const visible = 6000; // ms

export function toast(text, tone = "good") {
  const element = h("div", { class: "toast", dataset: { tone } }, text);
  const box = document.getElementById("toasts");
  while (box.children.length > 3) box.firstElementChild.remove();
  box.append(element);
  setTimeout(() => element.remove(), visible);
}
