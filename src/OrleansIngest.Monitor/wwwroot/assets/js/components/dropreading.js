// How a dropped CSV file is written: what was detected, and what can be chosen instead. A choice is a part of the `csv` of the
// request: {delimiter, headerLines, dateOrder, decimal, thousands, nullValues}.
import { h } from "../dom.js";
import { visible } from "../visible.js";
import { select } from "./fields.js";

const numbers = {
  "": ["1234.5", {}],
  comma: ["1234,5", { decimal: ",", thousands: null }],
  commaPoints: ["1.234,5", { decimal: ",", thousands: "." }],
  pointCommas: ["1,234.5", { decimal: ".", thousands: "," }],
};

/** What gives the values of a column a narrower type: [what they are, label of a button, choice]. */
export const remedies = {
  decimal: ["Numbers with a decimal comma", "Read them as numbers", numbers.comma[1]],
  decimalAndThousands: ["Numbers with a decimal comma", "Read them as numbers", numbers.commaPoints[1]],
  dateOrder: ["Dates with the day first", "Read them as dates", { dateOrder: "dmy" }],
};

/** The form; `changed(csv)` is called with the new choice, or null for none. */
export function readingForm(report, chosen, changed) {
  const csv = chosen ?? {};
  const change = (some) => {
    const next = Object.fromEntries(Object.entries({ ...csv, ...some }).filter(([, value]) => value != null));
    changed(Object.keys(next).length ? next : null);
  };
  const choice = (label, value, options, pick) => {
    const field = select(label, options, (text) => change(pick(text)));
    field.input.value = value;
    return field.element;
  };
  const found = report.delimiter === "\t" ? "tab" : visible(report.delimiter ?? "");
  const numbersNow = Object.entries(numbers).find(
    ([, [, set]]) => (csv.decimal ?? null) === (set.decimal ?? null) && (csv.thousands ?? null) === (set.thousands ?? null),
  );
  return h(
    "details",
    { class: "drop-reading", open: chosen != null },
    h("summary", {}, "Read the file differently"),
    h(
      "div",
      { class: "drop-path" },
      choice(
        "Delimiter",
        csv.delimiter ?? "",
        [
          ["", csv.delimiter ? "Detect it" : `Detected: ${found}`],
          [",", "Comma ,"],
          [";", "Semicolon ;"],
          ["tab", "Tab"],
          ["|", "Bar |"],
        ],
        (text) => ({ delimiter: text || null }),
      ),
      choice(
        "Header lines",
        String(csv.headerLines ?? ""),
        [["", "Detect them"], ["0", "None"], ...["1", "2", "3", "4", "5"].map((n) => [n, n])],
        (text) => ({ headerLines: text === "" ? null : Number(text) }),
      ),
      choice(
        "Numbers",
        numbersNow?.[0] ?? "",
        Object.entries(numbers).map(([key, [label]]) => [key, label]),
        (key) => ({ decimal: null, thousands: null, ...numbers[key][1] }),
      ),
      choice(
        "Dates such as 01/02/2026",
        csv.dateOrder ?? "",
        [
          ["", "As PostgreSQL reads them"],
          ["dmy", "Day first"],
          ["mdy", "Month first"],
          ["ymd", "Year first"],
        ],
        (text) => ({ dateOrder: text || null }),
      ),
      nullValues(csv, change),
    ),
  );
}

/** Strings read as NULL, between commas. */
function nullValues(csv, change) {
  const input = h("input", {
    id: "drop-nulls",
    class: "input",
    autocomplete: "off",
    spellcheck: "false",
    placeholder: "NULL, N/A, -",
    on: {
      change: () => {
        const texts = input.value
          .split(",")
          .map((text) => text.trim())
          .filter(Boolean);
        change({ nullValues: texts.length ? ["", ...texts] : null });
      },
    },
  });
  input.value = (csv.nullValues ?? []).filter(Boolean).join(", ");
  return h("div", { class: "field" }, h("label", { for: "drop-nulls" }, "Also read as NULL"), input);
}
