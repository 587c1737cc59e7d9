// The choice of the database, in the frame of every page when the configuration has several.
import { choose } from "../database.js";
import { h, replace } from "../dom.js";
import * as session from "../session.js";

/** A place that stays empty as long as there is only one. */
export function databaseChoice() {
  const place = h("div", { class: "database-choice", hidden: true });
  session.onAbout((about) => {
    const names = about.databases ?? [];
    const now = about.database?.configuredAs;
    place.hidden = names.length < 2;
    if (place.hidden) return replace(place);
    const select = h(
      "select",
      { class: "input", id: "database", on: { change: (event) => choose(event.target.value, names[0]) } },
      names.map((name) => h("option", { value: name, prop: { selected: name === now } }, name)),
    );
    replace(place, h("label", { class: "nav-heading", for: "database" }, "Database"), select);
  });
  return place;
}
