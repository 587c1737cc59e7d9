// The keys, and the list of them.
import { h } from "../dom.js";
import { places } from "../pages.js";
import { go } from "../router.js";
import * as theme from "../theme.js";
import { isDialogOpen, openDialog } from "./dialog.js";
import { moveRow } from "./listkeys.js";

const storage = "ingest-single-keys";
let pressedG = 0;

export function start() {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isDialogOpen() || isTyping(event.target) || !enabled()) return;
    if (event.key === "?") showHelp();
    else if (event.key === "/") focusSearch();
    else if (event.key === "t" && event.timeStamp - pressedG >= 1500) theme.toggle();
    else if (event.key === "j" || event.key === "k") moveRow(event.key === "j" ? 1 : -1);
    else if (event.key === "g") {
      pressedG = event.timeStamp;
      return;
    } else {
      const place = event.timeStamp - pressedG < 1500 && places.find(({ key }) => key === event.key);
      if (!place) return;
      go(place.path);
    }
    event.preventDefault();
    pressedG = 0;
  });
}

function isTyping(target) {
  return target.closest?.("input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable]") != null;
}

function enabled() {
  try {
    return localStorage.getItem(storage) !== "off";
  } catch {
    return true;
  }
}

/** The page's own search field; without one, that of the files. */
async function focusSearch() {
  const field = () => document.querySelector("main [data-search]");
  if (!field()) {
    go("/files");
    for (let frame = 0; frame < 120 && !field(); frame++) await new Promise(requestAnimationFrame);
  }
  field()?.focus();
}

export function showHelp() {
  const row = (keys, text) =>
    h(
      "div",
      { class: "key-row" },
      h(
        "dt",
        {},
        keys.map((key, index) => [index ? " " : "", h("kbd", {}, key)]),
      ),
      h("dd", {}, text),
    );
  const box = h("input", {
    type: "checkbox",
    id: "single-keys",
    on: {
      change: () => {
        try {
          localStorage.setItem(storage, box.checked ? "on" : "off");
        } catch {
          /* for this page only */
        }
      },
    },
  });
  box.checked = enabled();
  return openDialog({
    title: "Keyboard shortcuts",
    body: [
      h(
        "dl",
        { class: "keys" },
        row(["Ctrl", "K"], "Go to a page, pipeline, node or file, or run an action"),
        row(["/"], "Search. Enter: to the list; Esc: clear the search and leave the field"),
        row(["j", "k"], "In a list: next row, previous row"),
        row(["Enter"], "Open the row"),
        places.map(({ key, label }) => row(["g", key], label)),
        row(["t"], "Switch between light and dark"),
        row(["?"], "This help"),
        row(["←", "→"], "On a chart: values at a point in time"),
        row(["Esc"], "Close"),
      ),
      h(
        "p",
        { class: "check" },
        box,
        h("label", { for: "single-keys" }, "Single-key shortcuts (turn off if they interfere with speech input)"),
      ),
    ],
  });
}
