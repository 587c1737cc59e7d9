// Ctrl-K: go to a page, pipeline, node or file by its name, or run an action.
import * as api from "../api.js";
import { h, replace, setAttribute } from "../dom.js";
import * as live from "../live.js";
import { go } from "../router.js";
import * as session from "../session.js";
import * as theme from "../theme.js";
import { mute } from "./alert-actions.js";
import { lasting } from "./dropped.js";
import { elided } from "./elided.js";
import { places } from "../pages.js";
import { showHelp } from "./help.js";
import { icon } from "./icons.js";
import { setPaused } from "./pipeline-actions.js";
import { askForToken } from "./signin.js";

const most = 12; // shown at once
const mostFiles = 6;
const pause = 200; // ms of typing, before files are searched for
let open = false;

export function start() {
  document.addEventListener("keydown", (event) => {
    if (event.key?.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    event.preventDefault();
    if (!open && !document.querySelector("dialog[open]")) showPalette();
  });
}

export function showPalette() {
  open = true;
  const list = h("ul", { id: "palette-list", role: "listbox", class: "palette-list", "aria-label": "Matches" });
  const input = h("input", {
    class: "palette-input",
    type: "text",
    role: "combobox",
    "aria-expanded": "true",
    "aria-controls": "palette-list",
    "aria-autocomplete": "list",
    "aria-label": "Go to a page or run an action",
    placeholder: "A page, pipeline, node, file or action",
    autocomplete: "off",
    spellcheck: "false",
    on: { input: typed, keydown: pressed },
  });
  const dialog = h(
    "dialog",
    {
      class: "palette",
      "aria-label": "Go to a page or run an action",
      on: { close: closed, click: (event) => event.target === dialog && dialog.close() },
    },
    h("div", { class: "palette-head" }, icon("search"), input, h("kbd", {}, "Esc")),
    list,
  );
  let items = [];
  let files = [];
  let nodes = [];
  let at = 0;
  let timer = 0;
  let controller = null;

  function closed() {
    open = false;
    clearTimeout(timer);
    controller?.abort();
    dialog.remove();
  }

  function typed() {
    clearTimeout(timer);
    controller?.abort();
    files = [];
    at = 0;
    const text = input.value.trim();
    if (text.length >= 2) timer = setTimeout(() => findFiles(text), pause);
    draw();
  }

  async function findFiles(text) {
    controller = new AbortController();
    try {
      const answer = await api.get("/files", { q: text, limit: mostFiles }, controller.signal);
      files = answer.items.map((file) => ({
        label: file.name,
        hint: file.path,
        symbol: "files",
        kind: "File",
        run: () => go(`/files/${file.id}`),
      }));
      draw();
    } catch {
      // The other matches stay; the opened page reports the error.
    }
  }

  function pressed(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      at = (at + step + items.length) % Math.max(1, items.length);
      mark();
    } else if (event.key === "Enter" && !event.isComposing) {
      event.preventDefault();
      choose(items[at]);
    }
  }

  function choose(item) {
    if (!item) return;
    dialog.close();
    item.run();
  }

  function draw() {
    items = [...matching([...standing(), ...nodes], input.value).slice(0, most - Math.min(files.length, mostFiles)), ...files];
    at = Math.min(at, Math.max(0, items.length - 1));
    replace(
      list,
      items.map((item, index) =>
        h(
          "li",
          {
            id: `palette-${index}`,
            role: "option",
            class: "palette-item",
            on: { click: () => choose(item), mousemove: () => point(index) },
          },
          icon(item.symbol),
          elided(item.label),
          h("span", { class: "palette-kind" }, item.kind),
        ),
      ),
      items.length === 0 && h("li", { class: "palette-none", role: "option", "aria-disabled": "true" }, "No matches"),
    );
    mark();
  }

  function point(index) {
    if (index === at) return;
    at = index;
    mark();
  }

  function mark() {
    [...list.children].forEach((element, index) =>
      setAttribute(element, "aria-selected", items.length ? String(index === at) : null),
    );
    setAttribute(input, "aria-activedescendant", items.length ? `palette-${at}` : null);
    list.children[at]?.scrollIntoView({ block: "nearest" });
  }

  document.body.append(dialog);
  dialog.showModal();
  input.focus();
  draw();
  api.get("/nodes").then(
    (answer) => {
      nodes = answer.items.map(({ node }) => ({
        label: node,
        symbol: "nodes",
        kind: "Node",
        run: () => go(`/nodes/${encodeURIComponent(node)}`),
      }));
      if (dialog.isConnected && input.value) draw();
    },
    () => {},
  );
}

/** Items that need no request. */
function standing() {
  const pipelines = lasting(live.latest("overview")?.pipelines ?? []);
  const of = (name) => `/pipelines/${encodeURIComponent(name)}`;
  return [
    ...places.map(({ path, label, symbol }) => ({ label, symbol, kind: "Page", run: () => go(path) })),
    ...pipelines.map(({ name }) => ({ label: name, symbol: "pipeline", kind: "Pipeline", run: () => go(of(name)) })),
    ...pipelines.map(({ name }) => ({
      label: `Files of ${name}`,
      symbol: "files",
      kind: "List",
      run: () => go(`/files?${new URLSearchParams({ pipeline: name })}`),
    })),
    ...pipelines.map(({ name }) => ({
      label: `Rejects of ${name}`,
      symbol: "rejects",
      kind: "List",
      run: () => go(`/rejects?${new URLSearchParams({ pipeline: name })}`),
    })),
    ...pipelines.filter(({ status }) => status !== "load").map(({ name, status }) => {
      const isPaused = status === "paused";
      return {
        label: `${isPaused ? "Resume" : "Pause"} ${name}`,
        symbol: isPaused ? "play" : "pause",
        kind: "Action",
        run: () => setPaused(name, !isPaused),
      };
    }),
    { label: "Quarantined files", symbol: "quarantine", kind: "List", run: () => go("/files?status=quarantined") },
    { label: "Mute alerts", symbol: "mute", kind: "Action", run: () => mute({}) },
    { label: "Switch between light and dark", symbol: "sun", kind: "Action", run: theme.toggle },
    { label: "Keyboard shortcuts", symbol: "help", kind: "Action", run: showHelp },
    session.about?.role && session.about.role !== "anonymous"
      ? { label: "Sign out", symbol: "key", kind: "Action", run: session.signOut }
      : { label: "Sign in", symbol: "key", kind: "Action", run: () => askForToken() },
  ];
}

/** Those with all words of a text, names that begin with it first. */
function matching(items, text) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const found = items.filter(({ label, kind }) => words.every((word) => `${label} ${kind}`.toLowerCase().includes(word)));
  const isFirst = ({ label }) => words.length > 0 && label.toLowerCase().startsWith(words[0]);
  return [...found.filter(isFirst), ...found.filter((item) => !isFirst(item))];
}
