// What a dropped file is: how it is written, its first records, its fields and the columns that they fill.
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

export function fileCard(report, discard) {
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
    h("div", { class: "drop-actions" }, discard),
  );
}

/** The records as a table of its own width, which scrolls in its box. */
export function recordsCard(report) {
  const columns = report.columns.slice(0, 200);
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
            h("th", { scope: "col", class: "numeric" }, "Line"),
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
          report.records.map((record) =>
            h(
              "tr",
              { dataset: { tone: record.fault ? "bad" : null } },
              h("td", { class: "numeric muted" }, record.line == null ? "" : number(record.line)),
              record.fault
                ? h(
                    "td",
                    { colspan: String(Math.max(1, columns.length)) },
                    h("bdi", {}, visible(record.values[0], 300)),
                    h("span", { class: "drop-fault" }, visible(record.fault, 300)),
                  )
                : columns.map((_, at) => h("td", {}, value(record.values[at]))),
            ),
          ),
        ),
      ),
    ),
  );
}

export function value(text) {
  if (text == null) return h("span", { class: "null" }, "NULL");
  return text === "" ? h("span", { class: "null" }, "empty") : h("bdi", {}, visible(text, 300));
}

/** Each field once: what its values look like, and where they go. */
export function columnsCard(report) {
  const mapping = new Map((report.check?.mapping ?? []).map((one) => [one.field, one]));
  const near = new Map((report.check?.note?.leftOut ?? []).map((one) => [one.field, one.near]));
  const target = (column, at) => {
    if (!report.exists) return [h("code", {}, h("bdi", {}, visible(column.name))), ` ${column.sqlType}`];
    if (!report.check) return "–";
    const one = mapping.get(at + 1);
    if (one) return [h("code", {}, h("bdi", {}, visible(one.column))), ` ${one.type}`];
    return h(
      "span",
      { class: "warn-text" },
      "not loaded",
      near.get(at + 1) ? [": is ", h("code", {}, visible(near.get(at + 1))), " meant?"] : null,
    );
  };
  return card(
    "Columns",
    plural(report.columns.length, "field"),
    h(
      "div",
      { class: "table-box columns-box", tabindex: "0", role: "region", "aria-label": "Columns" },
      h(
        "table",
        { class: "columns-table" },
        h("caption", { class: "visually-hidden" }, "Fields of the file and columns of the table"),
        h(
          "thead",
          {},
          h(
            "tr",
            {},
            ["Field", "Values look like", "Column", "Doubt"].map((label) => h("th", { scope: "col" }, label)),
          ),
        ),
        h(
          "tbody",
          {},
          report.columns
            .slice(0, 500)
            .map((column, at) =>
              h(
                "tr",
                {},
                h("td", {}, h("bdi", {}, visible(column.header, 80) || `field ${at + 1}`)),
                h("td", {}, h("code", {}, column.sqlType)),
                h("td", {}, target(column, at)),
                h(
                  "td",
                  { class: column.note ? "warn-text" : "muted" },
                  column.note ? h("bdi", {}, visible(column.note, 300)) : "–",
                ),
              ),
            ),
        ),
      ),
    ),
    missing("Columns without a field stay NULL", report.check?.note?.unfilled),
    missing("Columns without a field take their default", report.check?.note?.defaulted),
  );
}

const missing = (label, names) =>
  names?.length > 0 &&
  h(
    "p",
    { class: "hint" },
    `${label}: `,
    names.slice(0, 50).map((name, at) => [at ? ", " : "", h("code", {}, h("bdi", {}, visible(name)))]),
    names.length > 50 ? ", …" : "",
  );

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
