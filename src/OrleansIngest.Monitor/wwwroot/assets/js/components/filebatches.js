// The committed batches of a file: over its bytes, and as a table.
import { byteRange } from "./byterange.js";
import { table, textColumn } from "./table.js";
import { h } from "../dom.js";
import { clock, duration, number, plural } from "../format.js";

const shownBatches = 50;

export function fileBatches(file) {
  if (!file.batches?.length) {
    return h(
      "p",
      { class: "hint" },
      file.status === "loaded"
        ? "The batches are older than the retention time and are kept only as the totals of the file."
        : "No batch is committed yet.",
    );
  }
  const list = table({ caption: "Batches", keyOf: (batch) => batch.startOffset, columns: batchColumns });
  list.set(file.batches.slice(0, shownBatches));
  return h(
    "div",
    {},
    byteRange(file, file.batches),
    h(
      "details",
      {},
      h(
        "summary",
        {},
        file.batchesTotal > shownBatches
          ? `The first ${shownBatches} of ${plural(file.batchesTotal, "batch", "batches")} as a table`
          : "The batches as a table",
      ),
      list.element,
    ),
  );
}

const batchColumns = [
  textColumn("bytes", "Positions", (batch) => `${number(batch.startOffset)} – ${number(batch.endOffset)}`),
  textColumn("lines", "First line", (batch) => number(batch.firstLine), { numeric: true }),
  textColumn("loaded", "Rows", (batch) => number(batch.rowsLoaded), { numeric: true }),
  textColumn("rejected", "Rejected", (batch) => number(batch.rowsRejected), { numeric: true }),
  textColumn("read", "Read", (batch) => duration(batch.readMs), { numeric: true }),
  textColumn("wait", "Wait", (batch) => duration(batch.waitMs), { numeric: true }),
  textColumn("copy", "Copy", (batch) => duration(batch.copyMs), { numeric: true }),
  textColumn("commit", "Commit", (batch) => duration(batch.commitMs), { numeric: true }),
  textColumn("where", "Node, lane", (batch) => `${batch.node}, ${batch.lane}`),
  textColumn("at", "Committed", (batch) => clock(batch.committedAt)),
];
