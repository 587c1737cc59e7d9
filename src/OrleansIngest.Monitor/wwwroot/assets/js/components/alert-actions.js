// Actions of operators on alerts: acknowledge one, or mute some for a time.
import * as api from "../api.js";
import { h } from "../dom.js";
import { instant } from "../format.js";
import { confirmAction } from "./confirm.js";
import { visible } from "../visible.js";

export const spans = [
  ["30m", "30 minutes"],
  ["2h", "2 hours"],
  ["8h", "8 hours"],
  ["1d", "1 day"],
  ["7d", "7 days"],
  ["30d", "30 days"],
];

/** Which alerts a mute is about, in words. */
export const mutedWords = ({ rule, pipeline }) =>
  (rule || "all") + " alerts" + (pipeline ? ` of pipeline ${visible(pipeline, 80)}` : "");

/** Confirms, then acknowledges an alert. Undefined: cancelled. */
export function acknowledge({ id, message }) {
  return confirmAction({
    title: "Acknowledge this alert?",
    text: [
      h("p", {}, h("bdi", {}, visible(message, 300))),
      h(
        "p",
        {},
        "The alert stays in the lists with your name until its condition has ended. No further message is sent except that " +
          "of its end.",
      ),
    ],
    confirm: "Acknowledge",
    command: (reason) => ["alerts", "ack", id, ["--why", reason]],
    done: "The alert is acknowledged.",
    request: (reason) => api.post(`/alerts/${id}/acknowledge`, { reason }),
  });
}

/** Asks for the duration, then mutes. Undefined: cancelled. */
export function mute({ rule = null, pipeline = null }) {
  const input = h(
    "select",
    { id: "mute-for", class: "input" },
    spans.map(([value, label]) => h("option", { value }, label)),
  );
  input.value = "8h";
  return confirmAction({
    title: `Mute ${mutedWords({ rule, pipeline })}?`,
    text: [
      h(
        "p",
        {},
        "Muted alerts are shown as muted and send no message to the webhook. An alert that still fires when the mute ends " +
          "sends its message then.",
      ),
      h("div", { class: "field" }, h("label", { for: "mute-for" }, "For"), input),
    ],
    confirm: "Mute",
    command: (reason) => ["alerts", "mute", "--for", input.value, ["--rule", rule], ["--pipeline", pipeline], ["--why", reason]],
    done: (answer) => `Muted until ${instant(answer?.until)}.`,
    request: (reason) => api.post("/alerts/mutes", { for: input.value, rule, pipeline, reason }),
  });
}

/** Confirms, then ends a mute. Undefined: cancelled. */
export function unmute({ id, rule, pipeline }) {
  return confirmAction({
    title: `End the mute of ${mutedWords({ rule, pipeline })}?`,
    text: "Alerts that still fire send their messages now.",
    confirm: "Unmute",
    command: (reason) => ["alerts", "unmute", id, ["--why", reason]],
    done: "The mute has ended.",
    request: (reason) => api.remove(`/alerts/mutes/${id}`, { reason }),
  });
}

/** For a menu: what can be done with an alert. */
export function alertItems(alert, changed) {
  const after = (run) => async () => {
    if ((await run()) !== undefined) changed();
  };
  return [
    !alert.acknowledgedBy && { label: "Acknowledge", symbol: "check", run: after(() => acknowledge(alert)) },
    { label: "Mute this kind…", symbol: "mute", run: after(() => mute({ rule: alert.rule, pipeline: alert.pipeline })) },
    alert.pipeline && { label: "Mute this pipeline…", symbol: "mute", run: after(() => mute({ pipeline: alert.pipeline })) },
  ].filter(Boolean);
}
