// Two ranges of time side by side: did it get faster, slower, worse?
import * as api from "../api.js";
import { h, replace } from "../dom.js";
import { bytes, compact, duration, number, percent, rate } from "../format.js";
import { loader } from "../pages/page.js";
import { getQuery, setQuery } from "../router.js";
import { fromLocal, toLocal } from "./localtime.js";
import { skeleton } from "./states.js";

const minute = 60_000;
const hour = 60 * minute;
const rows = [
  ["Files", "files", number],
  ["Rows loaded", "rowsLoaded", compact],
  ["Rows rejected", "rowsRejected", compact, "less"],
  ["Bytes", "bytes", bytes],
  ["Batches", "batches", compact],
  ["Time with commits, in whole steps", "activeSeconds", (value) => duration(value == null ? null : value * 1000)],
  ["Rows per second of batch time", "rowsPerSecond", (value) => rate(value), "more"],
  ["Latency p50", "latencyP50Ms", duration, "less"],
  ["Latency p99", "latencyP99Ms", duration, "less"],
  ["Read and parse per batch", "readMs", duration, "less"],
  ["Wait per batch", "waitMs", duration, "less"],
  ["Copy per batch", "copyMs", duration, "less"],
  ["Commit per batch", "commitMs", duration, "less"],
];

export function compareRanges(end) {
  const now = Math.ceil(Date.now() / minute) * minute; // the fields show whole minutes; what has just been loaded belongs to it
  const at = (milliseconds) => toLocal(new Date(now - milliseconds).toISOString());
  const given = getQuery();
  const valueOf = (key, standard) => (Number.isFinite(Date.parse(given[key])) ? toLocal(given[key]) : standard);
  const inputs = {
    aFrom: input("From", valueOf("aFrom", at(2 * hour))),
    aTo: input("To", valueOf("aTo", at(hour))),
    bFrom: input("From", valueOf("bFrom", at(hour))),
    bTo: input("To", valueOf("bTo", at(0))),
  };
  let isShown = Object.keys(inputs).every((key) => given[key]);
  const values = () => Object.fromEntries(Object.entries(inputs).map(([key, field]) => [key, fromLocal(field.input.value)]));
  const box = h("div", {});
  const load = loader(
    end,
    box,
    (signal) => api.get("/history/compare", values(), signal),
    ({ a, b }) => replace(box, result(a, b)),
  );
  const form = h(
    "form",
    {
      class: "compare-form",
      on: {
        submit: (event) => {
          event.preventDefault();
          if (form.reportValidity()) run();
        },
      },
    },
    h("fieldset", {}, h("legend", {}, "A"), inputs.aFrom.element, inputs.aTo.element),
    h("fieldset", {}, h("legend", {}, "B"), inputs.bFrom.element, inputs.bTo.element),
    h("button", { type: "submit", class: "button button-primary" }, "Compare"),
  );
  function run(entry = {}) {
    isShown = true;
    setQuery({ ...getQuery(), ...values() }, entry);
    replace(box, skeleton(6));
    load();
  }

  if (isShown) run({ replace: true });
  const element = h("section", { class: "card" }, h("div", { class: "card-head" }, h("h2", {}, "Compare two ranges")), form, box);
  return {
    element,
    /** What is compared, for the address; nothing before something is. */
    query: () => (isShown ? values() : {}),
    /** Compares two ranges and goes there. */
    show(a, b) {
      inputs.aFrom.input.value = toLocal(a.from);
      inputs.aTo.input.value = toLocal(a.to);
      inputs.bFrom.input.value = toLocal(b.from);
      inputs.bTo.input.value = toLocal(b.to);
      run();
      element.scrollIntoView({ block: "start" });
      inputs.aFrom.input.focus({ preventScroll: true });
    },
  };
}

function result(a, b) {
  return h(
    "div",
    { class: "table-box", tabindex: "0", role: "region", "aria-label": "The two ranges side by side" },
    h(
      "table",
      { class: "compare-table" },
      h("caption", { class: "visually-hidden" }, "The two ranges side by side"),
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          ["", "A", "B", "Change"].map((label, index) =>
            h("th", { scope: "col", class: index ? "numeric" : null }, label || h("span", { class: "visually-hidden" }, "What")),
          ),
        ),
      ),
      h(
        "tbody",
        {},
        rows.map(([label, key, format, better]) => {
          const change = a[key] && b[key] != null ? (b[key] / a[key] - 1) * 100 : null;
          const tone =
            change == null || !better || Math.abs(change) < 1 ? null : change > 0 === (better === "more") ? "good" : "bad";
          return h(
            "tr",
            {},
            h("th", { scope: "row" }, label),
            h("td", { class: "numeric" }, format(a[key])),
            h("td", { class: "numeric" }, format(b[key])),
            h(
              "td",
              { class: "numeric change", dataset: { tone } },
              change == null ? "–" : Math.abs(change) < 0.05 ? "0 %" : `${change > 0 ? "+" : "−"}${percent(Math.abs(change))}`,
            ),
          );
        }),
      ),
    ),
  );
}

let number_ = 0;

function input(label, value) {
  const id = `compare-${++number_}`;
  const field = h("input", { id, type: "datetime-local", step: "1", required: true, class: "input", value });
  return { input: field, element: h("div", { class: "field" }, h("label", { for: id }, label), field) };
}
