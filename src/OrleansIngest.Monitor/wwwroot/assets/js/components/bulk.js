// One action for all files of a list: the server says first which files it reaches, and then exactly these are met.
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

// [verb, label, states that it is for, what it means, whether it is dangerous]
const verbs = [
  [
    "retry",
    "Retry",
    ["failed", "quarantined"],
    "They are loaded from where their last commit ended; their failures so far are forgotten.",
  ],
  [
    "replay",
    "Replay",
    [...loaded, ...over],
    "Loaded files are loaded again as new versions; unless new versions replace old ones, delete their rows first, or each will be in the table twice.",
    true,
  ],
  ["replace", "Replace", loaded, "Each file is loaded again; in one transaction its old rows go and the new ones come.", true],
  [
    "skip",
    "Skip",
    [...waiting, "loading", "failed", "quarantined"],
    "They will not be loaded. Rows of them that are already in the table stay there.",
    true,
  ],
  [
    "quarantine",
    "Quarantine",
    [...waiting, "loading", "failed"],
    "They are set aside until somebody retries them. Rows of them that are already in the table stay there.",
    true,
  ],
  [
    "undo",
    "Undo",
    [...loaded, "failed", "quarantined"],
    "Their rows are removed from the table, all in one transaction. The files are ignored afterwards.",
    true,
  ],
];

/** The actions for files in some states, as a menu takes them. `choice()` is the filter of the list, `changed()` is called afterwards. */
export function bulkItems(choice, changed) {
  const states = choice().status ? choice().status.split(",") : null;
  return verbs
    .filter(([, , of]) => !states || of.some((state) => states.includes(state)))
    .map(([verb, label, , text, danger]) => ({
      label: `${label} all…`,
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
    const none = reach.matching === 0 ? "No file matches." : "None of the files that match would change:";
    return openDialog({ title: `${label}: nothing to do`, body: [h("p", {}, none), left] });
  }
  const files = plural(reach.files, "file");
  return confirmAction({
    title: `${label} ${files}?`,
    text: [
      h("p", { class: "strong" }, `${visible(reach.message, 500)}.`),
      h("p", {}, text),
      h("p", {}, "Exactly these files are meant. Those that arrive or get into this list from now on are not."),
      reach.hasMore && h("p", {}, `More files match: these are the first ${number(reach.matching)}. Do it again for the rest.`),
      left && [h("p", {}, "Not changed:"), left],
    ],
    confirm: `${label} ${files}`,
    danger,
    command: (reason) => words(verb, filter, reach.upTo, reason),
    request: (reason) => api.post("/files/bulk", { verb, filter, ids: reach.ids, reason }),
    done: (answer) =>
      answer.files < reach.files
        ? `Done: ${plural(answer.files, "file")}. ${plural(reach.files - answer.files, "file")} had changed meanwhile and stay as they are.`
        : `Done: ${files}.`,
  });
}

const exclusion = (other) =>
  `${plural(other.files, "file")}, ${statusWord(other.status)}: file ${other.fileId} ${visible(other.message, 300)}`;

/** The same in a terminal. Replay and undo there choose by state and pipeline only; null: it cannot be said. */
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
