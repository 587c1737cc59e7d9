// The life of a file: found, ready, claimed, begun, finished, with the time between.
import { h } from "../dom.js";
import { duration } from "../format.js";
import { at } from "./time.js";

const lastWords = { loaded: "Loaded", quarantined: "Quarantined", ignored: "Ignored", vanished: "Vanished", failed: "Failed" };

const sameTime = 50; // ms

export function timeline(file) {
  const steps = [
    ["Modified", file.mtime],
    ["Found", file.discoveredAt],
    ["Ready", file.readyAt],
    ["Claimed", file.claimedAt],
    ["Begun", file.startedAt],
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
        h("span", { class: "timeline-gap" }, before ? `+ ${duration(Math.max(0, Date.parse(when) - Date.parse(before[1])))}` : ""),
      );
    }),
  );
}
