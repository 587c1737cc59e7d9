// The states of files as tabs with their numbers.
import { h, reconcile, setAttribute, setText } from "../dom.js";
import { compact } from "../format.js";
import { statusWord } from "./status.js";

// [states in the address, label, whether the tab is there without files, label of a tab whose files the one before contains]
const tabs = [
  ["", "All", true],
  ["discovered,ready", "Waiting", true],
  ["loading", "Loading", true],
  ["loaded", "Loaded", true],
  ["loaded-with-rejects,all-rejected", "With rejects", false, "of these, with rejects"],
  ["failed", "Failed", false],
  ["quarantined", "Quarantined", true],
  ["ignored", "Ignored", false],
  ["vanished", "Vanished", false],
];

/** The label of a choice of states. */
export const stateLabel = (states) =>
  tabs.find(([value]) => value === states)?.[1] ?? states.split(",").map(statusWord).join(", ");

/** How many files a tab has; null when that is not known. */
export function countOf(counts, states) {
  if (!counts || counts.atLeast != null) return null;
  if (!states) return counts.total;
  const list = states.split(",");
  const isUnknown =
    counts.rejectsAtLeast != null && list.some((state) => state === "loaded-with-rejects" || state === "all-rejected");
  return isUnknown ? null : list.reduce((sum, state) => sum + (counts.states[state] ?? 0), 0);
}

/** `address(states)` is that of a tab, `choose(states)` is called when it is clicked. */
export function stateTabs({ address, choose }) {
  const element = h("nav", { class: "tabs", "aria-label": "State" });
  let shown = { counts: null, states: "" };

  function create([value]) {
    return h(
      "a",
      {
        class: "tab",
        href: address(value),
        on: {
          click: (event) => {
            if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
            event.preventDefault();
            choose(value);
          },
        },
      },
      h("span", {}),
      h("span", { class: "tab-count numeric" }),
    );
  }

  function fill(tab, [value, label, , within]) {
    const count = countOf(shown.counts, value);
    setAttribute(tab, "href", address(value));
    setAttribute(tab, "aria-current", value === shown.states ? "true" : null);
    setAttribute(tab, "data-empty", count === 0);
    setText(tab.firstChild, within ?? label);
    setText(
      tab.lastChild,
      count != null
        ? compact(count)
        : shown.counts?.rejectsAtLeast != null && value.includes("reject")
          ? `> ${compact(shown.counts.rejectsAtLeast)}`
          : "",
    );
  }

  function draw() {
    const has = ([value, , always]) => always || value === shown.states || countOf(shown.counts, value) !== 0;
    const list = tabs.filter((tab) => (shown.counts ? has(tab) : tab[2] || tab[0] === shown.states));
    if (!tabs.some(([value]) => value === shown.states)) list.push([shown.states, stateLabel(shown.states), true]);
    reconcile(element, list, ([value]) => value || "all", create, fill);
  }

  draw();
  return {
    element,
    /** `counts`: FileStateCounts of the contract, null while they are not known. */
    set(counts, states) {
      shown = { counts, states };
      draw();
    },
  };
}
