// Empty states, error states, and placeholders while a page loads.
import { h } from "../dom.js";
import { icon } from "./icons.js";

/** An empty state. `hints`: paragraphs or nodes. */
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

/** An error and its remedy. */
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
    failure.notFound
      ? h("a", { class: "button", href: "/" }, icon("overview"), "Overview")
      : again && h("button", { type: "button", class: "button", on: { click: again } }, icon("retry"), "Try again"),
  );
}

/** Placeholders of the size of the content, to avoid layout shifts. */
export function skeleton(rows = 3, shape = "row") {
  return h(
    "div",
    { class: "skeletons", "aria-hidden": "true" },
    Array.from({ length: rows }, () => h("div", { class: `skeleton skeleton-${shape}` })),
  );
}
