// States of pipelines, files and nodes as a word with a colour; the word alone is enough.
import { h, setAttribute, setText } from "../dom.js";

const tones = {
  running: "good",
  loaded: "good",
  "loaded-with-rejects": "warn",
  "all-rejected": "bad",
  alive: "good",
  replayed: "good",
  up: "good",
  loading: "accent",
  "waiting-for-database": "warn",
  paused: "warn",
  failed: "warn",
  draining: "warn",
  stalled: "bad",
  "no-coordinator": "bad",
  "needs-attention": "bad",
  quarantined: "bad",
  dead: "bad",
  silent: "bad",
  away: "bad",
  critical: "bad",
  warning: "warn",
  firing: "bad",
  resolved: "good",
  open: "warn",
};
const words = {
  "waiting-for-database": "waiting for database",
  "no-coordinator": "no coordinator",
  "needs-attention": "needs attention",
  failed: "failed, will retry",
  "loaded-with-rejects": "loaded with rejects",
  "all-rejected": "every record rejected",
};

export const statusWord = (status) => words[status] ?? status ?? "–";
export const statusTone = (status) => tones[status] ?? "quiet";

/**
 * The state of a pipeline in a word that does not flicker: between two files of a steady stream it is idle for a moment.
 * Idle is not the word for a pipeline whose files are quarantined or lost all their records.
 */
export function pipelineStatus({ status, inputRate, attention }) {
  if (status !== "idle") return status;
  if (inputRate > 0) return "running";
  return attention?.level === "critical" ? "needs-attention" : status;
}

export function badge(status) {
  return setBadge(h("span", { class: "badge" }), status);
}

export function setBadge(element, status) {
  setAttribute(element, "data-tone", statusTone(status));
  setText(element, statusWord(status));
  return element;
}
