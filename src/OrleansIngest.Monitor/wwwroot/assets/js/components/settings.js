// Names and values of a configuration.
import { h } from "../dom.js";

/** Names and values in their order; nested ones below their name. */
export function settings(values) {
  return h(
    "dl",
    { class: "settings" },
    Object.entries(values ?? {}).map(([name, value]) =>
      h("div", { class: "setting" }, h("dt", {}, h("code", {}, name)), h("dd", {}, shown(value))),
    ),
  );
}

/** The same values in the order of the defaults: PostgreSQL keeps those of a JSON document by their length. */
export function ordered(values, defaults) {
  const names = Object.keys(defaults ?? {});
  const place = (name) => (names.includes(name) ? names.indexOf(name) : names.length);
  return Object.fromEntries(
    Object.entries(values)
      .sort(([a], [b]) => place(a) - place(b))
      .map(([name, value]) => [name, isObject(value) ? ordered(value, defaults?.[name]) : value]),
  );
}

/** The values that differ from the defaults. */
export function changed(values, defaults) {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => {
      const standard = defaults?.[name];
      if (canonical(value) === canonical(standard)) return [];
      const isNested = isObject(value) && isObject(standard) && Object.keys(standard).length > 0;
      return [[name, isNested ? changed(value, standard) : value]];
    }),
  );
}

function canonical(value) {
  return JSON.stringify(value ?? null, (_, part) => (isObject(part) ? Object.fromEntries(Object.entries(part).sort()) : part));
}

function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function shown(value) {
  if (value === null || value === undefined || value === "") return none();
  if (Array.isArray(value))
    return value.length
      ? h(
          "ul",
          { class: "values" },
          value.map((item) => h("li", {}, listed(item))),
        )
      : none();
  if (isObject(value)) return Object.keys(value).length ? settings(value) : none();
  return h("bdi", {}, String(value));
}

function listed(item) {
  if (!isObject(item)) return shown(item);
  const parts = Object.entries(item).filter(([, part]) => part != null);
  return h("bdi", {}, parts.map(([name, part]) => `${name} ${part}`).join(", "));
}

function none() {
  return h("span", { class: "muted" }, "none");
}
