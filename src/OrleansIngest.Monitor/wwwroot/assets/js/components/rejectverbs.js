// Rejects that are not needed are ignored, and can be reopened: the number of them, the confirmation, the action.
import * as api from "../api.js";
import { h, replace } from "../dom.js";
import { plural } from "../format.js";
import { confirmAction } from "./confirm.js";
import { icon } from "./icons.js";

const verbs = {
  ignore: {
    label: "Ignore",
    title: "Ignore rejects?",
    icon: "ignore",
    past: "ignored",
    none: "None of these rejects is still open.",
    effect: (many) =>
      `${many === 1 ? "It no longer counts" : "They no longer count"} as open. Nothing is deleted: ` +
      `the state "ignored" lists ${many === 1 ? "it" : "them"}, to be reopened.`,
  },
  reopen: {
    label: "Reopen",
    title: "Reopen rejects?",
    icon: "undo",
    past: "reopened",
    none: "None of these rejects can be reopened: nobody has ignored them, or their file was undone, replaced or given up.",
    effect: (many) => `${many === 1 ? "It counts" : "They count"} as open again, and can be replayed.`,
  },
};

/**
 * A button for the rejects of `choice()`: it ignores them, or reopens those that are ignored. `changed()` is called
 * afterwards. `set(status, rest)`: the state of the list, and which of its rejects the button is about.
 */
export function rejectVerbButton(choice, changed, style = "button") {
  let verb = "ignore";
  const label = h("span", {});
  const mark = h("span", { class: "button-mark" });
  const element = h(
    "button",
    {
      type: "button",
      class: style,
      on: {
        click: async () => {
          const home = element.closest(".issue")?.querySelector(".issue-button") ?? document.getElementById("main");
          if ((await applyToRejects(verb, choice())) === undefined) return;
          changed();
          home.focus({ preventScroll: true }); // the record, or its button, may be removed
        },
      },
    },
    mark,
    label,
  );
  return {
    element,
    set(status, rest = "") {
      verb = status === "ignored" ? "reopen" : "ignore";
      element.hidden = status === "replayed" || status === "replaced";
      replace(mark, icon(verbs[verb].icon));
      replace(label, [verbs[verb].label, rest].filter(Boolean).join(" "));
    },
  };
}

/** The options of a command for the rejects of a choice: { ids } or { filter }. */
export function rejectOptions({ ids = null, filter = {} }) {
  return [
    filter.fileId || null,
    ["--pipeline", filter.pipeline],
    ["--reason", filter.reason],
    ["--issue", filter.issue],
    ["--table", filter.table],
    ["--id", ids?.join(",")],
    ["--search", filter.q],
    ["--since", filter.from],
    ["--until", filter.to],
  ];
}

/** Counts, confirms, then ignores or reopens the rejects of a choice: { ids } or { filter }. Undefined: cancelled. */
function applyToRejects(verb, choice) {
  const { label, title, past, none, effect } = verbs[verb];
  let upTo = null; // excludes rejects that appear while the dialog is open
  return confirmAction({
    title,
    text: async () => {
      const reach = await api.post(`/rejects/${verb}`, { ...choice, dryRun: true });
      upTo = reach.upTo;
      return reach.rejects
        ? `${plural(reach.rejects, "reject")} of ${plural(reach.files, "file")}. ${effect(reach.rejects)}`
        : none;
    },
    confirm: label,
    command: (reason) => ["rejects", verb, ...rejectOptions(choice), ["--up-to", upTo], "--yes", ["--why", reason]],
    done: (reach) => `${plural(reach?.rejects, "reject")} ${past}.`,
    request: (reason) => api.post(`/rejects/${verb}`, { ...choice, upTo, reason }),
  });
}
