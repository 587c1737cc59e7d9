// One action for all files of a list. A dry run lists the affected files first; the action then changes exactly these files.
import * as api from "../api.js";
import { h } from "../dom.js";
import { number, plural } from "../format.js";
import { confirmAction } from "./confirm.js";
import { openDialog } from "./dialog.js";
import { mayAct } from "./signin.js";
import { statusWord } from "./status.js";
import { toast } from "./toast.js";
import { visible } from "../visible.js";

const waiting = ["discovered", "ready"];
const over = ["ignored", "vanished"];
const loaded = ["loaded", "loaded-with-rejects", "all-rejected"];

// [verb, label, states it applies to, explanation, whether it is dangerous]
const verbs = [
  [
    "retry",
    "Retry",
    ["failed", "quarantined"],
    "Loading resumes where the last commit of each file ended. Earlier failed attempts no longer count.",
  ],
  [
    "replay",
    "Load again",
    [...loaded, ...over],
    "Each file is loaded again as a new version. Rows of earlier versions stay in the table unless the pipeline replaces " +
      "them: delete them first to avoid duplicates.",
    true,
  ],
  ["replace", "Replace", loaded, "Each file is loaded again. Its new rows replace its old ones in one transaction.", true],
  [
    "skip",
    "Skip",
    [...waiting, "loading", "failed", "quarantined"],
    "The files will not be loaded. Rows that are already in the table stay.",
    true,
  ],
  [
    "quarantine",
    "Quarantine",
    [...waiting, "loading", "failed"],
    "The files are not loaded until they are retried. Rows that are already in the table stay.",
    true,
  ],
  [
    "undo",
    "Undo",
    [...loaded, "failed", "quarantined"],
    "The rows of all files are deleted from the table in one transaction. The files are ignored afterwards.",
    true,
  ],
];

/** "Retry 3 files", "Load 3 files again". */
const phrase = (label, what) => (label.endsWith(" again") ? `${label.slice(0, -6)} ${what} again` : `${label} ${what}`);

/**
 * The actions for files in some states, as a menu takes them. `choice()` is the filter of the list, `changed()` is called
 * afterwards.
 */
export function bulkItems(choice, changed) {
  const states = choice().status ? choice().status.split(",") : null;
  return verbs
    .filter(([, , of]) => !states || of.some((state) => states.includes(state)))
    .map(([verb, label, , text, danger]) => ({
      label: `${phrase(label, "all")}…`,
      symbol: verb,
      run: async () => {
        if ((await bulk({ verb, label, text, danger, filter: choice() })) !== undefined) changed();
      },
    }));
}

async function bulk({ verb, label, text, danger, filter }) {
  if (!(await mayAct())) return undefined;
  let reach;
  try {
    reach = await api.post("/files/bulk", { verb, filter, dryRun: true });
  } catch (failure) {
    return void toast(failure.detail ?? failure.message, "bad");
  }
  const others = reach.others.map((other) => h("li", {}, exclusion(other)));
  const left = others.length > 0 && h("ul", { class: "bulk-others" }, others);
  if (reach.files === 0) {
    const none = reach.matching === 0 ? "No matching files." : "None of the matching files would change:";
    return openDialog({ title: `${label}: nothing to do`, body: [h("p", {}, none), left] });
  }
  const files = plural(reach.files, "file");
  return confirmAction({
    title: `${phrase(label, files)}?`,
    text: [
      h("p", { class: "strong" }, `${visible(reach.message, 500)}.`),
      h("p", {}, text),
      h("p", {}, "Only these files change. Files that match later do not."),
      reach.hasMore &&
        h("p", {}, `These are the first ${number(reach.matching)} matching files. Repeat the action for the rest.`),
      left && [h("p", {}, "Not changed:"), left],
    ],
    confirm: phrase(label, files),
    danger,
    command: (reason) => words(verb, filter, reach.upTo, reason),
    request: (reason) => api.post("/files/bulk", { verb, filter, ids: reach.ids, reason }),
    done: (answer) =>
      answer.files < reach.files
        ? `Done: ${plural(answer.files, "file")}. ${plural(reach.files - answer.files, "file")} changed in the meantime and ` +
            `were left as they are.`
        : `Done: ${files}.`,
  });
}

const exclusion = (other) =>
  `${plural(other.files, "file")}, ${statusWord(other.status)}: file ${other.fileId} ${visible(other.message, 300)}`;

/** The same action as a command. `replay` and `undo` filter by state and pipeline only; null if no command exists. */
function words(verb, filter, upTo, reason) {
  const isFile = verb === "retry" || verb === "skip" || verb === "quarantine";
  if (!isFile && (filter.q || filter.node)) return null;
  const all = "discovered,ready,loading,loaded,failed,quarantined,ignored,vanished";
  return [
    verb === "replace" ? "replay" : verb,
    verb === "replace" && "--replace",
    "--state",
    filter.status || all,
    ["--pipeline", filter.pipeline],
    ["--search", filter.q],
    ["--node", filter.node],
    ["--up-to", upTo],
    "--yes",
    ["--why", reason],
  ];
}
