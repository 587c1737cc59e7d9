// Replay of rejects: the effect, the confirmation, the action.
import * as api from "../api.js";
import { number, plural } from "../format.js";
import { confirmAction } from "./confirm.js";
import { rejectOptions } from "./rejectverbs.js";
import { visible } from "../visible.js";

/**
 * Confirms, then replays the open rejects of a choice: { ids } or { filter }. Undefined: cancelled. `total`: their number,
 * if known.
 */
export function replayRejects(choice, { title, total = null }) {
  return confirmAction({
    title,
    text: async () => forecast(await api.post("/rejects/replay", { ...choice, dryRun: true }), total),
    confirm: total == null ? "Replay" : `Replay ${plural(total, "reject")}`,
    command: (reason) => ["replay", "--rejects", ...rejectOptions(choice), ["--why", reason]],
    done: (result) => `${plural(result?.replayed, "reject")} replayed, ${number(result?.stillRejected)} still rejected.`,
    request: (reason) => api.post("/rejects/replay", { ...choice, reason }),
  });
}

/** Confirms, then loads an edited record instead of a reject. */
export function replayEdited(reject, record) {
  return confirmAction({
    title: "Load the edited record?",
    text: "The edited record becomes a row of the table. The original record is kept.",
    confirm: "Load",
    done: "The record is loaded.",
    request: async (reason) => {
      const result = await api.post("/rejects/replay", { ids: [reject.id], record, reason });
      if (result.replayed === 1) return result;
      throw new Error(refusal(result) ?? "This reject has been replayed or ignored in the meantime.");
    },
  });
}

/** The result of a dry run of one record: [loads, sentence]. */
export function verdict(result) {
  return result.replayed > 0
    ? [true, "The table accepts this record."]
    : [false, refusal(result) ?? "This reject is no longer open."];
}

function refusal({ refusals }) {
  const [first] = refusals ?? [];
  return first && visible(first.column ? `${first.column}: ${first.detail}` : first.detail, 400);
}

function forecast(result, total) {
  const tried = result.replayed + result.stillRejected;
  if (tried === 0) return "None of these rejects is still open, or another replay is in progress.";
  const isPart = total != null && total > tried;
  if (!isPart && !result.replayed) return `None of ${plural(tried, "reject")} would load now. First reason: ${refusal(result)}`;
  const some = isPart ? `Of the first ${number(tried)} of ${plural(total, "reject")}` : `Of ${plural(tried, "reject")}`;
  const rest = result.stillRejected
    ? `, ${number(result.stillRejected)} would be rejected again. First reason: ${refusal(result)}`
    : ".";
  return `${some}, ${number(result.replayed)} would load now${rest}`;
}
