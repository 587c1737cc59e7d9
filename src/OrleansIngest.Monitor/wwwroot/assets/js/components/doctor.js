// What is wrong with a quarantined or failed file, what would mend it, and a button for what can be done here.
import * as api from "../api.js";
import { act } from "./file-actions.js";
import { confirmAction } from "./confirm.js";
import { copyButton } from "./copy.js";
import { h } from "../dom.js";
import { ago } from "./time.js";
import { visible } from "../visible.js";

/** `diagnosis`: of the examination. `reason`: what the program said when it gave up. `changed(row)` is called with the file as it is after something was done. */
export function doctor(file, diagnosis, reason, changed) {
  const [first, ...others] = diagnosis.remedies;
  return h(
    "section",
    { class: "card problem doctor" },
    h("h2", {}, "What is wrong"),
    h("p", { class: "doctor-problem" }, visible(diagnosis.problem)),
    h("h3", {}, "What would mend it"),
    h("p", { class: "doctor-advice" }, visible(diagnosis.advice)),
    first && h("div", { class: "doctor-remedy" }, remedy(file, first, changed, true)),
    others.length > 0 &&
      h(
        "details",
        {},
        h("summary", {}, "Other ways"),
        h(
          "ul",
          { class: "doctor-others" },
          others.map((other) => h("li", { class: "doctor-remedy" }, remedy(file, other, changed, false))),
        ),
      ),
    reason &&
      !diagnosis.problem.startsWith(reason) &&
      h("details", {}, h("summary", {}, "The whole message"), h("p", { class: "pre" }, visible(reason, 10_000))),
    file.nextAttemptAt && h("p", { class: "hint" }, "The next attempt: ", ago(file.nextAttemptAt)),
  );
}

function remedy(file, one, changed, isFirst) {
  const name = visible(one.title, 300);
  const text = one.sql ?? (one.canApply ? null : one.copy);
  return [
    !isFirst && h("p", { class: "doctor-title" }, name), // of the first one the advice says it
    text && h("pre", { class: "raw doctor-code", tabindex: "0", role: "group", "aria-label": name }, visible(text, 20_000)),
    h(
      "div",
      { class: "doctor-buttons" },
      one.canApply && applyButton(file, one, changed, isFirst),
      text && copyButton(one.sql ? "Copy SQL" : "Copy", () => text),
    ),
  ];
}

function applyButton(file, one, changed, isFirst) {
  const label = one.verb ? (one.verb === "retry" ? "Retry" : "Skip") : "Apply and retry";
  return h(
    "button",
    {
      type: "button",
      class: isFirst ? "button button-primary" : "button",
      dataset: { remedy: one.verb ?? "options" },
      on: {
        click: async () => {
          const row = await (one.verb ? act(file, one.verb) : apply(file, one));
          if (row !== undefined) changed(row);
        },
      },
    },
    label,
  );
}

function apply(file, one) {
  return confirmAction({
    title: h("span", {}, `${visible(one.title, 200)}?`),
    text: `The option is set for all files of pipeline ${visible(file.pipeline)} from now on. Once every silo runs it, which takes some seconds, the file is retried.`,
    confirm: "Apply and retry",
    done: "The option is set, and the file will be tried again.",
    request: (reason) => api.post(`/files/${encodeURIComponent(file.id)}/remedy`, { options: one.options, reason }),
  });
}
