// Instants: relative for reading, exact in the title. All of them are brought up to date together.
import { h, setAttribute, setText } from "../dom.js";
import { exact, instant, none, relative } from "../format.js";

/** `<time>` that shows "12 seconds ago" and stays correct. */
export function ago(iso) {
  return setAgo(h("time", { dataset: { ago: "" } }), iso);
}

export function setAgo(element, iso) {
  setAttribute(element, "datetime", iso ?? null);
  setAttribute(element, "title", iso ? exact(iso) : null);
  setText(element, relative(iso));
  return element;
}

/** `<time>` with date and time of day. */
export function at(iso, format = instant) {
  return iso ? h("time", { datetime: iso, title: exact(iso) }, format(iso)) : h("span", {}, none);
}

setInterval(() => {
  const now = Date.now();
  for (const element of document.querySelectorAll("time[data-ago][datetime]")) setText(element, relative(element.dateTime, now));
}, 1000);
