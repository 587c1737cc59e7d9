// The eight numbers of a pipeline.
import { bytes, compact, durationParts, noun, number, percent, plural, rate } from "../format.js";
import { stat, stats } from "./stat.js";

/** The eight numbers of a pipeline, filled from a PipelineSummary. */
export function pipelineStats() {
  const tiles = {
    input: stat("Input rate", { hint: "Rows read per second, over the last 10 seconds" }),
    process: stat("Process rate", {
      hint: "Rows per second of processing time: a value above the input rate means spare capacity",
    }),
    backlog: stat("Backlog", { hint: "Files waiting to be loaded" }),
    oldest: stat("Oldest waiting", { hint: "Age of the oldest waiting file" }),
    eta: stat("Time to catch up", { hint: "At the current rate" }),
    p50: stat("Latency p50", { hint: "From a file in place to visible rows, files of the last 5 minutes" }),
    p99: stat("Latency p99"),
    rejects: stat("Open rejects", { hint: "Rejected records, neither replayed nor ignored" }),
  };
  return {
    element: stats(Object.values(tiles)),
    set(pipeline) {
      const { backlog = {}, rejects = {}, latencyMs = {}, inFlight = {} } = pipeline;
      const loading = inFlight.files ? `${plural(inFlight.files, "file")} in flight` : "none in flight";
      tiles.input.set(
        [rate(pipeline.inputRate), "rows/s"],
        `${bytes(pipeline.inputBytesRate)}/s, ${compact(pipeline.rowsLoaded)} ${noun(pipeline.rowsLoaded, "row")} in total`,
      );
      tiles.process.set([rate(pipeline.processRate || null), "rows/s"], room(pipeline));
      tiles.backlog.set([number(backlog.files), backlog.files === 1 ? "file" : "files"], `${bytes(backlog.bytes)}, ${loading}`);
      tiles.oldest.set(durationParts(backlog.files ? backlog.oldestSeconds * 1000 : null), backlog.files ? "" : "none waiting");
      tiles.eta.set(
        durationParts(pipeline.etaSeconds == null ? null : pipeline.etaSeconds * 1000),
        backlog.files || inFlight.files ? "" : "caught up",
      );
      tiles.p50.set(durationParts(latencyMs.p50), latencyMs.count ? plural(latencyMs.count, "file") : "no recent files");
      tiles.p99.set(durationParts(latencyMs.p99), latencyMs.count ? "last 5 minutes" : "no recent files");
      tiles.rejects.set(
        [number(rejects.open), rejects.open === 1 ? "record" : "records"],
        `${compact(rejects.lastHour)} in the last hour, ${percent(rejects.ratePercent)} of records`,
        rejects.open ? "warn" : null,
      );
    },
  };
}

/** The reason of the state; open items are shown beside it. */
export function reasonOf(pipeline) {
  return pipeline.statusReason === `${pipeline.attention?.text}.` ? "" : (pipeline.statusReason ?? "");
}

/** The spare capacity. */
function room({ inputRate, processRate }) {
  if (!inputRate || !processRate) return "not measured while idle";
  return processRate >= 1.5 * inputRate
    ? `${compact(Math.round(processRate / inputRate))} times the input rate`
    : "near the limit";
}
