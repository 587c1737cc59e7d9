// What a dropped file is: how it is written, its first records, and what the check of its load says.
import { h } from "../dom.js";
import { bytes, number, plural } from "../format.js";
import { rawRecord } from "./rawrecord.js";
import { ago } from "./time.js";
import { baseName, visible } from "../visible.js";

const card = (title, note, ...content) =>
  h(
    "section",
    { class: "card" },
    h("div", { class: "card-head" }, h("h2", {}, title), note && h("span", { class: "muted" }, note)),
    content,
  );

const fact = (label, ...value) => h("div", { class: "fact" }, h("dt", {}, label), h("dd", {}, value));

export function fileCard(report, discard, reading) {
  const { drop } = report;
  return card(
    "File",
    null,
    h(
      "dl",
      { class: "facts" },
      fact("Name", h("bdi", {}, visible(drop.name))),
      fact("Size", bytes(drop.size)),
      fact("Format", report.format),
      report.delimiter && fact("Delimiter", h("code", {}, report.delimiter === "\t" ? "tab" : visible(report.delimiter))),
      fact("Records sampled", number(report.sampled)),
      report.unusable > 0 && fact("Unreadable records", number(report.unusable)),
      report.findings.length > 0 && fact("Detected", h("bdi", {}, visible(report.findings.join("; ")))),
    ),
    reading,
    h("div", { class: "drop-actions" }, discard),
  );
}

/** The records as a table of its own width, which scrolls in its box. */
export function recordsCard(report) {
  const columns = report.columns.slice(0, 200);
  const hasLines = report.records.some((record) => record.line != null);
  return card(
    "First records",
    report.columns.length > columns.length
      ? `the first ${number(columns.length)} of ${plural(report.columns.length, "field")}`
      : null,
    h(
      "div",
      { class: "table-box data-table", tabindex: "0", role: "region", "aria-label": "First records" },
      h(
        "table",
        {},
        h("caption", { class: "visually-hidden" }, "First records of the file"),
        h(
          "thead",
          {},
          h(
            "tr",
            {},
            h("th", { scope: "col", class: "numeric" }, hasLines ? "Line" : "Record"),
            columns.map((column, at) =>
              h(
                "th",
                { scope: "col" },
                h("bdi", {}, visible(column.header, 60) || `field ${at + 1}`),
                h("span", { class: "data-type" }, column.sqlType),
              ),
            ),
          ),
        ),
        h(
          "tbody",
          {},
          report.records.map((record, index) =>
            h(
              "tr",
              { dataset: { tone: record.fault ? "bad" : null } },
              h("td", { class: "numeric muted" }, hasLines ? number(record.line) : number(index + 1)),
              record.fault
                ? h(
                    "td",
                    { colspan: String(Math.max(1, columns.length)) },
                    h("bdi", {}, visible(record.values[0], 300)),
                    h("span", { class: "drop-fault" }, visible(record.fault, 300)),
                  )
                : columns.map((_, at) => h("td", { class: widthOf(record.values[at]) }, value(record.values[at]))),
            ),
          ),
        ),
      ),
    ),
  );
}

/** The class of a cell with a value: a long one gets the width to be read in few lines, as a path has many places to break. */
export const widthOf = (text) => (text?.length > 40 ? "data-long" : text?.length > 16 ? "data-medium" : "");

export function value(text) {
  if (text == null) return h("span", { class: "null" }, "NULL");
  return text === "" ? h("span", { class: "null" }, "empty") : h("bdi", {}, visible(text, 300));
}

/** What the check of the whole file says. */
export function checkResult(report) {
  const { check, refusal, exists } = report;
  if (refusal)
    return h(
      "div",
      { class: "drop-refusal", role: "status" },
      h("strong", {}, "This file cannot be loaded into the table."),
      h("p", {}, h("bdi", {}, visible(refusal, 1000))),
    );
  if (!exists) return h("p", { class: "hint" }, "The types fit all sampled records. Add NOT NULL, keys and indexes yourself.");
  if (!check)
    return h(
      "p",
      { class: "hint" },
      "The file is too large to check here. ",
      h("code", {}, "ingest check FILE --table TABLE"),
      " checks the whole file.",
    );
  return h(
    "div",
    { class: "stack-s" },
    h(
      "p",
      { class: "drop-verdict", role: "status", dataset: { tone: check.rejected ? "warn" : "good" } },
      `${plural(check.good, "row")} would be loaded, ${plural(check.rejected, "record")} rejected, ` +
        `${plural(check.skipped, "line")} skipped. Nothing was written.`,
    ),
    check.notTried.length > 0 &&
      h(
        "p",
        { class: "hint" },
        "Only checked when rows are inserted: ",
        h("bdi", {}, visible(check.notTried.join(", "), 500)),
        ".",
      ),
    check.rejects.length > 0 && rejects(check),
  );
}

function rejects(check) {
  return h(
    "details",
    { open: check.rejected <= 3 },
    h(
      "summary",
      {},
      check.rejects.length < check.rejected
        ? `The first ${check.rejects.length} of ${plural(check.rejected, "rejected record")}`
        : plural(check.rejected, "rejected record"),
    ),
    h(
      "ul",
      { class: "reject-list" },
      check.rejects.map((reject) =>
        h(
          "li",
          { class: "reject" },
          h(
            "div",
            { class: "reject-head" },
            h("strong", {}, reject.reason),
            reject.column && h("code", {}, h("bdi", {}, visible(reject.column, 80))),
            h(
              "span",
              { class: "reject-place" },
              reject.line == null
                ? `record ${number(reject.recordNumber)}`
                : `line ${number(reject.line)}, record ${number(reject.recordNumber)}`,
            ),
          ),
          h("p", { class: "reject-detail" }, h("bdi", {}, visible(reject.detail, 500))),
          rawRecord(reject),
        ),
      ),
    ),
  );
}

/** Files that brought the same content before. */
export function earlierLoads(report) {
  if (!report.loadedBefore.length) return null;
  return h(
    "div",
    { class: "drop-earlier" },
    h("p", { class: "strong" }, "The table already contains this content:"),
    h(
      "ul",
      {},
      report.loadedBefore.map((file) =>
        h(
          "li",
          {},
          h("a", { href: `/files/${file.fileId}` }, h("bdi", {}, baseName(file.path))),
          ` of pipeline ${file.pipeline}, ${plural(file.rows, "row")}, `,
          ago(file.finishedAt),
        ),
      ),
    ),
  );
}
