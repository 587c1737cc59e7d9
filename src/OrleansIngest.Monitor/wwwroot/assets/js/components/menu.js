// A button that opens a short list of actions. A native popover: it closes with Escape and with a click elsewhere.
import { h, replace } from "../dom.js";
import { icon } from "./icons.js";

let number = 0;

/** `items()` gives [{ label, symbol, run }] at the time of opening. `text`: words on the button, instead of three dots. */
export function menu(label, items, { text = null } = {}) {
  const id = `menu-${++number}`;
  const list = h("div", { id, class: "menu", popover: "auto", on: { toggle: place, keydown: move } });
  const button = text
    ? h("button", { type: "button", class: "button", popovertarget: id }, text, icon("chevron"))
    : h("button", { type: "button", class: "icon-button", "aria-label": label, title: label, popovertarget: id }, icon("more"));

  function place(event) {
    if (event.newState !== "open") return;
    replace(
      list,
      items().map(({ label: words, symbol, run }) =>
        h(
          "button",
          {
            type: "button",
            class: "menu-item",
            on: {
              click: () => {
                list.hidePopover();
                run();
              },
            },
          },
          icon(symbol),
          words,
        ),
      ),
    );
    const box = button.getBoundingClientRect();
    list.style.left = `${Math.max(8, Math.min(box.right - list.offsetWidth, innerWidth - list.offsetWidth - 8))}px`;
    list.style.top = `${box.bottom + list.offsetHeight + 12 > innerHeight ? box.top - list.offsetHeight - 4 : box.bottom + 4}px`;
    list.querySelector("button")?.focus();
  }

  function move(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const buttons = [...list.querySelectorAll("button")];
    buttons[(buttons.indexOf(document.activeElement) + step + buttons.length) % buttons.length].focus();
  }

  return h("span", { class: "menu-anchor" }, button, list);
}
