// Actions of operators on a pipeline.
import * as api from "../api.js";
import { plural } from "../format.js";
import { confirmAction } from "./confirm.js";

/** Confirms, then pauses or resumes a pipeline. Undefined: cancelled. */
export function setPaused(name, paused) {
  return confirmAction({
    title: paused ? `Pause ${name}?` : `Resume ${name}?`,
    text: paused
      ? "Files in progress finish. New files are discovered, but wait."
      : "Loading of the waiting files resumes.",
    confirm: paused ? "Pause" : "Resume",
    command: (why) => [paused ? "pause" : "resume", name, ["--why", why]],
    done: paused ? `${name} is paused.` : `${name} is resumed.`,
    request: (why) => api.post(`/pipelines/${encodeURIComponent(name)}/${paused ? "pause" : "resume"}`, { reason: why }),
  });
}

/** Whether a pipeline can be removed from the ledger: no silo runs it, and no file of it is in progress. */
export const canRemove = ({ isCoordinated, inFlight }) => !isCoordinated && !inFlight?.files;

/** Confirms, then removes a pipeline from the ledger. Returns whether it was removed. */
export async function removePipeline({ name, files, rowsLoaded, table }) {
  const versions = Object.values(files ?? {}).reduce((sum, count) => sum + count, 0);
  const answer = await confirmAction({
    title: `Remove ${name}?`,
    text: [
      `Deleted from the ledger: ${plural(versions, "file version")} of this pipeline with all batches, its charts, and the ` +
        `operator settings.`,
      `Kept: ${plural(rowsLoaded, "row")} in ${table}, the history, and the rejects in corrupt_records, which can no longer ` +
        `be replayed.`,
      "If a configuration still contains the pipeline, the next ingest up creates it again and loads existing files again.",
    ].join(" "),
    confirm: "Remove",
    danger: true,
    command: (why) => ["remove", name, "--yes", ["--why", why]],
    done: `${name} is removed.`,
    request: (why) => api.remove(`/pipelines/${encodeURIComponent(name)}`, { reason: why }),
  });
  return answer !== undefined;
}
