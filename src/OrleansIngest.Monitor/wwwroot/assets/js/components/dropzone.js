// Where a file is dropped, chosen, or named by its path.
import { h, setAttribute, setText } from "../dom.js";
import { bytes } from "../format.js";
import { icon } from "./icons.js";

/** `chosen(file)` gets a File, `named(path)` a path of the program's machine. */
export function dropZone({ chosen, named }) {
  const input = h("input", {
    type: "file",
    id: "drop-file",
    class: "visually-hidden",
    on: {
      change: () => {
        if (input.files.length) chosen(input.files[0]);
        input.value = ""; // the same file may be chosen again
      },
    },
  });
  const limit = h("span", {});
  const zone = h(
    "div",
    {
      class: "drop-zone",
      on: {
        dragover: (event) => {
          event.preventDefault();
          setAttribute(zone, "data-over", "true");
        },
        dragleave: (event) => {
          if (!zone.contains(event.relatedTarget)) setAttribute(zone, "data-over", null);
        },
        drop: (event) => {
          event.preventDefault();
          setAttribute(zone, "data-over", null);
          if (event.dataTransfer.files.length) chosen(event.dataTransfer.files[0]);
        },
      },
    },
    icon("drop"),
    h("p", { class: "strong" }, "Drop a file here"),
    h("p", { class: "hint" }, "CSV, JSON, Parquet or Excel, compressed or not. ", limit),
    input,
    h("label", { for: "drop-file", class: "button" }, "Choose a file"),
  );
  const path = h("input", {
    id: "drop-path",
    name: "path",
    class: "input",
    required: true,
    autocomplete: "off",
    spellcheck: "false",
    placeholder: "/data/in/orders.csv",
  });
  const form = h(
    "form",
    {
      class: "drop-path",
      on: {
        submit: (event) => {
          event.preventDefault();
          named(path.value.trim());
        },
      },
    },
    h(
      "div",
      { class: "field" },
      h("label", { for: "drop-path" }, "Or the path of a file in a watched directory on the server"),
      path,
    ),
    h("button", { type: "submit", class: "button" }, "Open"),
  );
  return {
    element: h("section", { class: "card" }, zone, form),
    setLimit: (most) => setText(limit, `At most ${bytes(most)}.`),
  };
}
