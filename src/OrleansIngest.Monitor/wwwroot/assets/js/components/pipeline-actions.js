// What an operator does to a pipeline as a whole.
import * as api from "../api.js";
import { plural } from "../format.js";
import { confirmAction } from "./confirm.js";

/** Asks, and pauses a pipeline or lets it go on. Undefined: cancelled. */
export function setPaused(name, paused) {
  return confirmAction({
    title: paused ? `Pause ${name}?` : `Resume ${name}?`,
    text: paused
      ? "No new file is begun. Files that are loading are finished; new ones are noticed and wait."
      : "Waiting files are loaded again.",
    confirm: paused ? "Pause" : "Resume",
    command: (why) => [paused ? "pause" : "resume", name, ["--why", why]],
    done: paused ? `${name} is paused.` : `${name} goes on.`,
    request: (why) => api.post(`/pipelines/${encodeURIComponent(name)}/${paused ? "pause" : "resume"}`, { reason: why }),
  });
}

/** Asks, and removes a pipeline from the ledger. Says whether it is gone. */
export async function removePipeline({ name, files, rowsLoaded, table }) {
  const versions = Object.values(files ?? {}).reduce((sum, count) => sum + count, 0);
  const answer = await confirmAction({
    title: `Remove ${name}?`,
    text: [
      `What goes from the ledger: ${plural(versions, "file")} of this pipeline with all batches, its charts, and what operators said of it.`,
      `What stays: ${plural(rowsLoaded, "row")} in ${table}, its history, and its rejects in corrupt_records, which can no longer be replayed.`,
      "If a configuration still has the pipeline, the next ingest up brings it back and loads files that are still there once more.",
      "A pipeline that is running, or that has a file loading, is not removed.",
    ].join(" "),
    confirm: "Remove",
    danger: true,
    command: (why) => ["remove", name, "--yes", ["--why", why]],
    done: `${name} is removed.`,
    request: (why) => api.remove(`/pipelines/${encodeURIComponent(name)}`, { reason: why }),
  });
  return answer !== undefined;
}
