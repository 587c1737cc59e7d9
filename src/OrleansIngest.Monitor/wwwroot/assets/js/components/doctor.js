// The problem of a quarantined or failed file, its fixes, and a button for each option that can be applied here.
import * as api from "../api.js";
import { confirmAction } from "./confirm.js";
import { copyButton } from "./copy.js";
import { h } from "../dom.js";
import { plural } from "../format.js";
import { ago } from "./time.js";
import { visible } from "../visible.js";

const mostNamed = 20; // in a command

/** `diagnosis`: of the examination. `reason`: the program's message.
 * `changed(row)` is called with the new row of the file. */
export function doctor(file, diagnosis, reason, changed) {
  const [first, ...others] = diagnosis.remedies.filter((one) => !one.verb); // the page's own buttons offer the verbs
  return h(
    "section",
    { class: "card problem doctor" },
    h("h2", {}, "What is wrong"),
    h("p", { class: "doctor-problem" }, visible(diagnosis.problem)),
    h("h3", {}, "Suggested fix"),
    h("p", { class: "doctor-advice" }, visible(diagnosis.advice)),
    first && h("div", { class: "doctor-remedy" }, remedy(file, first, diagnosis, changed, true)),
    others.length > 0 &&
      h(
        "details",
        {},
        h("summary", {}, "Other fixes"),
        h(
          "ul",
          { class: "doctor-others" },
          others.map((other) => h("li", { class: "doctor-remedy" }, remedy(file, other, diagnosis, changed, false))),
        ),
      ),
    diagnosis.alike?.length > 0 && alikeLine(file, diagnosis.alike),
    reason &&
      !diagnosis.problem.startsWith(reason) &&
      h("details", {}, h("summary", {}, "Full message"), h("p", { class: "pre" }, visible(reason, 10_000))),
    file.nextAttemptAt && h("p", { class: "hint" }, "Next attempt: ", ago(file.nextAttemptAt)),
  );
}

function remedy(file, one, diagnosis, changed, isFirst) {
  const name = visible(one.title, 300);
  // A configuration file may be kept under version control: it can also be changed by hand.
  const text = one.sql ?? (one.canApply && !one.file ? null : one.copy);
  return [
    !isFirst && h("p", { class: "doctor-title" }, name), // the advice names the first one
    text && code(name, text),
    h(
      "div",
      { class: "doctor-buttons" },
      one.canApply && applyButton(file, one, diagnosis, changed, isFirst),
      text && copyButton(one.sql ? "Copy SQL" : "Copy", () => text),
    ),
    // Options that are set after the statement.
    one.sql &&
      one.copy && [
        code("Options", one.copy),
        h(
          "div",
          { class: "doctor-buttons" },
          copyButton("Copy options", () => one.copy),
        ),
      ],
  ];
}

const code = (name, text) =>
  h("pre", { class: "raw doctor-code", tabindex: "0", role: "group", "aria-label": name }, visible(text, 20_000));

/** Whether the first fix can be applied with one click, and is therefore the page's main action. */
export const hasMainAction = (diagnosis) => Boolean(diagnosis?.remedies[0]?.canApply && !diagnosis.remedies[0].verb);

function applyButton(file, one, diagnosis, changed, isFirst) {
  return h(
    "button",
    {
      type: "button",
      class: isFirst ? "button button-primary" : "button",
      dataset: { remedy: "options" },
      on: {
        click: async () => {
          const row = await apply(file, one);
          if (row === undefined) return;
          changed(row);
          if (diagnosis.alike?.length > 0) await retryAlike(file, diagnosis.alike);
        },
      },
    },
    "Apply and retry",
  );
}

function apply(file, one) {
  return confirmAction({
    title: h("span", {}, `${visible(one.title, 200)}?`),
    text:
      `The option applies to all files of pipeline ${visible(file.pipeline)} from now on` +
      `${one.file ? `, and is written to ${visible(one.file, 300)}` : ""}. The file is retried as soon as ` +
      `every silo has applied the option, which takes a few seconds.`,
    confirm: "Apply and retry",
    done: "The option is set, and the file will be retried.",
    request: (reason) => api.post(`/files/${encodeURIComponent(file.id)}/remedy`, { options: one.options, reason }),
  });
}

/** Files that are quarantined for the same reason: what helps this one probably helps them. */
function alikeLine(file, alike) {
  const count = plural(alike.length, "other file");
  return h(
    "div",
    { class: "doctor-alike" },
    h("p", {}, `${count} of this pipeline ${alike.length === 1 ? "is" : "are"} quarantined for the same reason.`),
    h(
      "button",
      { type: "button", class: "button", dataset: { remedy: "alike" }, on: { click: () => retryAlike(file, alike) } },
      `Retry ${count}…`,
    ),
  );
}

function retryAlike(file, alike) {
  const count = plural(alike.length, "other file");
  return confirmAction({
    title: `Also retry ${count}?`,
    text:
      `${count} of pipeline ${visible(file.pipeline)} ${alike.length === 1 ? "is" : "are"} quarantined for the same reason as ` +
      `${visible(file.name, 120)}. A file that still cannot be loaded is quarantined again.`,
    confirm: `Retry ${count}`,
    command: (reason) => alike.length <= mostNamed && ["retry", ...alike, ["--why", reason]],
    request: (reason) =>
      api.post("/files/bulk", {
        verb: "retry",
        filter: { pipeline: file.pipeline, status: "quarantined" },
        ids: alike,
        reason,
      }),
    done: (answer) => `${plural(answer.files, "file")} will be retried.`,
  });
}
