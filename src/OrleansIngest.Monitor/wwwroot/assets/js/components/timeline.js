// The life of a file: seen, settled, claimed, its batches, done, and what happened between, with the time from step to step.
import { h } from "../dom.js";
import { duration, number } from "../format.js";
import { at } from "./time.js";

const lastWords = { loaded: "Loaded", quarantined: "Quarantined", ignored: "Ignored", vanished: "Vanished", failed: "Failed" };

const sameTime = 50; // ms

/** The first and the last commit; of a file with more batches than are listed the last is not known here. */
function batchSteps({ batches = [], batchesTotal = 0 }) {
  if (!batches.length) return [];
  const times = batches.map((batch) => batch.committedAt).sort();
  if (batchesTotal === 1) return [["Batch", times[0]]];
  return [
    ["First batch", times[0]],
    ...(batches.length === batchesTotal ? [[`Batch ${number(batchesTotal)}`, times.at(-1)]] : []),
  ];
}

const eventWords = {
  "file.quarantined": "Quarantined",
  "operator.quarantine": "Quarantined",
  "operator.retry": "Retried",
  "operator.replay": "Loaded anyway",
};

const isNear = (a, b) => Math.abs(Date.parse(a) - Date.parse(b)) < 1000;

/** What happened to the file between two claims, oldest first. The end of the file is in its row, and may be an event, too. */
const eventSteps = ({ events = [], status, finishedAt }) =>
  events
    .map(({ kind, at: when }) => [eventWords[kind], when])
    .filter(([word, when]) => word && !(word === lastWords[status] && finishedAt && isNear(when, finishedAt)))
    .reverse();

/** A file that became ready after its first claim was retried, by an operator, which is an event; or it has grown. */
function readySteps({ readyAt, startedAt, events = [] }) {
  if (!readyAt || !startedAt || Date.parse(readyAt) <= Date.parse(startedAt)) return [["Settled", readyAt]];
  const isTold = events.some(({ kind, at: when }) => kind.startsWith("operator.") && isNear(when, readyAt));
  return isTold ? [] : [["Ready again", readyAt]];
}

export function timeline(file) {
  const steps = [
    ["Modified", file.mtime],
    ["Discovered", file.discoveredAt],
    ...readySteps(file),
    ["Claimed", file.startedAt ?? file.claimedAt],
    ...eventSteps(file),
    ["Claimed again", file.claimedAt === (file.startedAt ?? file.claimedAt) ? null : file.claimedAt],
    ...batchSteps(file),
    [lastWords[file.status] ?? "Finished", file.finishedAt],
  ]
    .filter(([, when]) => when)
    // Within one transaction the order of a few milliseconds means nothing: then the usual order of things is the clearer one.
    .sort(([, a], [, b]) => (Math.abs(Date.parse(a) - Date.parse(b)) < sameTime ? 0 : Date.parse(a) - Date.parse(b)));
  return h(
    "ol",
    { class: "timeline" },
    steps.map(([label, when], index) => {
      const before = steps[index - 1];
      return h(
        "li",
        { class: "timeline-step" },
        h("span", { class: "timeline-label" }, label),
        at(when),
        h(
          "span",
          { class: "timeline-gap" },
          before ? `+ ${duration(Math.max(0, Date.parse(when) - Date.parse(before[1])))}` : "",
        ),
      );
    }),
  );
}
