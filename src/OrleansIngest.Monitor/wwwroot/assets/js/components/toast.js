// A short word about something that just happened; read out by screen readers, and gone after a while. It stands where it covers
// the fewest controls, lets clicks through, and stays while the pointer or the focus is on it.
import { h } from "../dom.js";
import { icon } from "./icons.js";

const visible = 6000; // ms
const most = 4;
const places = ["bottom-right", "bottom-middle", "top-middle", "top-right"];
const controls = "main :is(a[href], button, input, select, textarea, summary)";
const shown = new Set(); // { element, hold(isHeld) }

document.addEventListener("pointermove", ({ clientX: x, clientY: y }) => {
  for (const { element, hold } of shown) {
    const { left, right, top, bottom } = element.getBoundingClientRect();
    hold("pointer", x >= left && x <= right && y >= top && y <= bottom);
  }
});

export function toast(text, tone = "good") {
  const box = document.getElementById("toasts");
  for (const one of shown) if (one.text === text && one.tone === tone) one.close(); // said twice, it is shown once
  while (box.children.length >= most) [...shown][0].close();

  const holders = new Set();
  let timer = 0;
  const element = h(
    "div",
    { class: "toast", dataset: { tone }, on: { focusin: () => hold("focus", true), focusout: () => hold("focus", false) } },
    h("span", { class: "grow" }, text),
    h("button", { type: "button", class: "icon-button", "aria-label": "Close", on: { click: () => close() } }, icon("close")),
  );
  const one = { element, text, tone, hold, close };

  function close() {
    clearTimeout(timer);
    shown.delete(one);
    element.remove();
  }

  function hold(holder, isHeld) {
    if (holders.has(holder) === isHeld) return;
    if (isHeld) holders.add(holder);
    else holders.delete(holder);
    clearTimeout(timer);
    if (!holders.size) timer = setTimeout(close, visible);
  }

  shown.add(one);
  box.append(element);
  place(box);
  timer = setTimeout(close, visible);
}

/** Puts all toasts into the place with the fewest controls. */
function place(box) {
  const rectangles = [...document.querySelectorAll(controls)].map((control) => control.getBoundingClientRect());
  let fewest = Infinity;
  let best = places[0];
  for (const candidate of places) {
    box.dataset.place = candidate;
    const mine = box.getBoundingClientRect();
    const covered = rectangles.filter(
      (one) => one.width && one.left < mine.right && one.right > mine.left && one.top < mine.bottom && one.bottom > mine.top,
    ).length;
    if (covered < fewest) [fewest, best] = [covered, candidate];
  }
  box.dataset.place = best;
}
