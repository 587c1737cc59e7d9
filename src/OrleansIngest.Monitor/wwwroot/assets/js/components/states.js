// What a page shows when there is nothing to show yet, when something went wrong, and while it waits.
import { h } from "../dom.js";
import { icon } from "./icons.js";

/** Nothing here, and what to do about it. `hints`: paragraphs or nodes. */
export function emptyState({ title, hints = [], action = null, symbol = "empty" }) {
  return h(
    "div",
    { class: "state" },
    icon(symbol),
    h("h2", {}, title),
    hints.map((hint) => h("p", {}, hint)),
    action,
  );
}

/** Something went wrong; says what, and what happens next. */
export function errorState(failure, again) {
  const database = failure.databaseAway;
  const title = database ? "The database is unavailable" : (failure.title ?? "Something went wrong");
  const hint = database
    ? "Nothing is lost: loading and this page resume automatically when the database answers."
    : (failure.detail ?? failure.message);
  return h(
    "div",
    { class: "state", role: "alert" },
    icon("rejects"),
    h("h2", {}, title),
    hint && h("p", {}, hint),
    again && h("button", { type: "button", class: "button", on: { click: again } }, icon("retry"), "Try again"),
  );
}

/** Grey shapes of the size of what will come, so that nothing jumps. */
export function skeleton(rows = 3, shape = "row") {
  return h(
    "div",
    { class: "skeletons", "aria-hidden": "true" },
    Array.from({ length: rows }, () => h("div", { class: `skeleton skeleton-${shape}` })),
  );
}
