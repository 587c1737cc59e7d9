// Rejects tried again: what would come of it, then the question, then the act.
import * as api from "../api.js";
import { number, plural } from "../format.js";
import { confirmAction } from "./confirm.js";
import { visible } from "../visible.js";

/** Asks, and replays the open rejects of a choice: { ids } or { filter }. Undefined: cancelled. `total`: how many they are, if known. */
export function replayRejects(choice, { title, total = null }) {
  return confirmAction({
    title,
    text: async () => forecast(await api.post("/rejects/replay", { ...choice, dryRun: true }), total),
    confirm: "Replay",
    command: (reason) =>
      choice.filter &&
      !choice.filter.table && [
        "replay",
        "--rejects",
        choice.filter.fileId ?? null,
        ["--pipeline", choice.filter.pipeline],
        ["--reason", choice.filter.reason],
        ["--issue", choice.filter.issue],
        ["--search", choice.filter.q],
        ["--since", choice.filter.from],
        ["--until", choice.filter.to],
        ["--why", reason],
      ],
    done: (result) => `${plural(result?.replayed, "reject")} replayed, ${number(result?.stillRejected)} still rejected.`,
    request: (reason) => api.post("/rejects/replay", { ...choice, reason }),
  });
}

/** Asks, and loads an edited record in the place of a reject. */
export function replayEdited(reject, record) {
  return confirmAction({
    title: "Load the edited record?",
    text: "It becomes a row of the table. The record as it was read is kept beside it.",
    confirm: "Load",
    done: "The record is loaded.",
    request: async (reason) => {
      const result = await api.post("/rejects/replay", { ids: [reject.id], record, reason });
      if (result.replayed === 1) return result;
      throw new Error(refusal(result) ?? "Somebody else has replayed or closed this reject meanwhile.");
    },
  });
}

/** What a trial says of one record: [loads, sentence]. */
export function verdict(result) {
  return result.replayed > 0 ? [true, "The table takes this record now."] : [false, refusal(result) ?? "This reject is not open any more."];
}

function refusal({ refusals }) {
  const [first] = refusals ?? [];
  return first && visible(first.column ? `${first.column}: ${first.detail}` : first.detail, 400);
}

function forecast(result, total) {
  const tried = result.replayed + result.stillRejected;
  if (tried === 0) return "None of these is open any more, or somebody else is replaying them.";
  const isPart = total != null && total > tried;
  const some = isPart ? `Of the first ${number(tried)} of ${plural(total, "reject")}` : `Of ${plural(tried, "reject")}`;
  const rest = result.stillRejected ? `, and ${number(result.stillRejected)} would stay. The first: ${refusal(result)}` : ".";
  return `${some}, ${number(result.replayed)} would load now${rest}`;
}
