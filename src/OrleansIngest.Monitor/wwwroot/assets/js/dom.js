// The only way to create elements. Nothing here accepts HTML: a value is always text.
import { keep } from "./database.js";

const svgNames = "http://www.w3.org/2000/svg";
const forbidden = /^(on|style$|srcdoc$)/i; // the content security policy forbids them too

/**
 * An element. `props`: attributes by name; true means present, false, null and undefined absent. `class`, `dataset`,
 * `on: { click }`, and `prop: { value }` (properties) have their own meaning. Children: nodes, text, numbers, lists of them;
 * null is left out.
 */
export function h(tag, props, ...children) {
  return build(document.createElement(tag), props, children);
}

/** The same, for SVG. */
export function svg(tag, props, ...children) {
  return build(document.createElementNS(svgNames, tag), props, children);
}

function build(element, props, children) {
  for (const [name, value] of Object.entries(props ?? {})) {
    if (name === "on") for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener);
    else if (name === "dataset")
      for (const [key, data] of Object.entries(value)) {
        if (data != null) element.dataset[key] = data;
      }
    else if (name === "prop") Object.assign(element, value);
    else if (forbidden.test(name)) throw new Error(`h(): ${name} is not allowed`);
    else if (name === "href") element.setAttribute(name, keep(safeUrl(value)));
    else if (name === "src") element.setAttribute(name, safeUrl(value));
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  append(element, children);
  return element;
}

/** Only addresses of this site, so that a value can never become a `javascript:` link. */
function safeUrl(value) {
  const url = new URL(value, location.origin);
  if (url.origin !== location.origin) throw new Error(`a link to ${url.origin} is not allowed`);
  return value;
}

export function append(parent, children) {
  for (const child of [children].flat(Infinity)) {
    if (child == null || child === false) continue;
    parent.append(child instanceof Node ? child : String(child));
  }
  return parent;
}

/** Replaces all children. */
export function replace(parent, ...children) {
  parent.replaceChildren();
  return append(parent, children);
}

/** Writes only changes: live pages write the same text every second. */
export function setText(element, text) {
  const value = text == null ? "" : String(text);
  if (element.textContent !== value) element.textContent = value;
  return element;
}

export function setAttribute(element, name, value) {
  if (value == null || value === false) element.removeAttribute(name);
  else if (element.getAttribute(name) !== String(value)) element.setAttribute(name, value);
}

/**
 * Makes the children of `parent` be one element per item, in order, and keeps the elements of items that stay: focus,
 * selection and open menus live on. `create(item)` makes an element, `update(element, item)` fills it.
 */
export function reconcile(parent, items, keyOf, create, update) {
  const old = new Map([...parent.children].map((element) => [element.dataset.key, element]));
  let next = parent.firstElementChild;
  for (const item of items) {
    const key = String(keyOf(item));
    let element = old.get(key);
    if (element) old.delete(key);
    else {
      element = create(item);
      element.dataset.key = key;
    }
    update?.(element, item);
    if (element === next) next = next.nextElementSibling;
    else parent.insertBefore(element, next);
  }
  for (const element of old.values()) element.remove();
}
