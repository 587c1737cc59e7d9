// Names and paths with their middle left out where there is no room: the beginning and the end tell files apart. All of the
// text is in the page, for copying, for searching and for screen readers.
import { h, replace, setAttribute, setText } from "../dom.js";
import { visible } from "../visible.js";

const tail = 14; // characters of the end that always stay
const shortest = 24; // what is shorter is not cut

/** An element; `setElided` fills it. */
export function elided(text, className = "") {
  return setElided(h("bdi", { class: `elided ${className}`.trim() }), text);
}

export function setElided(element, text) {
  const shown = visible(text ?? "");
  if (element.textContent === shown && element.childElementCount) return element;
  const characters = [...shown];
  setAttribute(element, "title", shown);
  if (characters.length < shortest) return replaceWith(element, shown, "");
  return replaceWith(element, characters.slice(0, -tail).join(""), characters.slice(-tail).join(""));
}

function replaceWith(element, start, end) {
  if (element.childElementCount === 2) {
    setText(element.firstChild, start);
    setText(element.lastChild, end);
  } else {
    replace(element, h("span", { class: "elided-start" }, start), h("span", { class: "elided-end" }, end));
  }
  setAttribute(element, "data-whole", end === "");
  return element;
}

/** The folder of a path. */
export const folderOf = (path) => path?.slice(0, path.lastIndexOf("/")) || "/";
