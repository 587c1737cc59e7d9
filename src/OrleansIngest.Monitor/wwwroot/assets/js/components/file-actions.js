// Actions of operators on a file, with their texts.
import * as api from "../api.js";
import { h } from "../dom.js";
import { plural } from "../format.js";
import { confirmAction } from "./confirm.js";
import { icon } from "./icons.js";
import { replayRejects } from "./replay.js";
import { visible } from "../visible.js";

const fileActions = {
  retry: {
    label: "Retry",
    text: "Loading resumes where the last commit of the file ended. Earlier failed attempts no longer count.",
    done: "The file will be retried.",
  },
  skip: {
    label: "Skip",
    danger: true,
    text: "The file will not be loaded. Rows that are already in the table stay.",
    done: "The file is skipped.",
  },
  quarantine: {
    label: "Quarantine",
    danger: true,
    text: "The file is not loaded until it is retried. Rows that are already in the table stay.",
    done: "The file is quarantined.",
  },
  replay: {
    label: "Load anyway",
    text: "The file is loaded from its beginning, although it was ignored or had vanished.",
    done: "The file will be loaded.",
  },
  replace: {
    label: "Replace",
    danger: true,
    counts: true,
    done: "The file will be loaded again, and its new rows will replace the old ones.",
  },
  undo: { label: "Undo", danger: true, counts: true, done: "The rows of the file are deleted." },
};

// "Replay" is for rejects: to load a whole file once more is another thing, and has another name.
const loadAgain = {
  label: "Load again",
  danger: true,
  text:
    "The file is loaded again from its beginning, as a new version. The rows that it loaded before stay in the table: delete " +
    "them first to avoid duplicates.",
  done: "The file will be loaded again.",
};

const loadRejectedAgain = {
  label: "Load again",
  text:
    "The file is loaded again from its beginning, as a new version. None of its records became a row, so that no row can be " +
    "in the table twice.",
  done: "The file will be loaded again.",
};

const loadInPlace = {
  label: "Load again",
  danger: true,
  counts: true,
  done: "The file will be loaded again, and its new rows will replace the old ones.",
};

const loadRepeat = {
  label: "Load anyway",
  danger: true,
  text:
    "The file is loaded although its content is already loaded: each of its rows will be in the table twice unless you " +
    "delete them first.",
  done: "The file will be loaded.",
};

function wordsFor(file, action) {
  if (action !== "replay") return fileActions[action];
  if (file.status === "loaded" && file.isReplacedByNewer) return loadInPlace;
  // Replayed rejects are rows, too.
  const hasRows = file.rowsLoaded > 0 || file.openRejects < file.rowsRejected;
  if (file.status === "loaded") return hasRows ? loadAgain : loadRejectedAgain;
  return file.status === "ignored" && file.sameAs ? loadRepeat : fileActions.replay;
}

/** The open rejects of the file are loaded; its rows stay as they are. */
const replayItem = (file, changed) => ({
  action: "replay-rejects",
  label: `Replay ${plural(file.openRejects, "reject")}`,
  symbol: "replay",
  run: async () => {
    const title = h("span", {}, `Replay ${plural(file.openRejects, "reject")} of `, h("bdi", {}, visible(file.name, 120)), "?");
    const result = await replayRejects({ filter: { fileId: String(file.id) } }, { title, total: file.openRejects });
    if (result !== undefined) changed();
  },
});

const item = (file, action, changed) => ({
  action,
  label: wordsFor(file, action).label,
  symbol: action === "replay" && file.status === "loaded" ? "retry" : action, // "replay" is the sign of rejects
  run: async () => {
    const row = await act(file, action);
    if (row !== undefined) changed(row);
  },
});

/** What can be done with a file, in the order of use: to load a loaded file again is the last resort. */
export function actionItems(file, changed) {
  const actions = (file.actions ?? []).filter((action) => fileActions[action]);
  const isLoaded = file.status === "loaded";
  return [
    ...(isLoaded && file.openRejects > 0 ? [replayItem(file, changed)] : []),
    ...actions.filter((action) => !(isLoaded && action === "replay")).map((action) => item(file, action, changed)),
    ...actions.filter((action) => isLoaded && action === "replay").map((action) => item(file, action, changed)),
  ];
}

/** Confirms and performs an action; gives the new row of the file, or undefined if cancelled. */
function act(file, action) {
  const { label, text, danger, done, counts } = wordsFor(file, action);
  const path = `/files/${encodeURIComponent(file.id)}/${action}`;
  return confirmAction({
    title: h("span", {}, `${label} `, h("bdi", {}, visible(file.name, 120)), "?"),
    text: counts ? async () => sentence(await api.post(path, { dryRun: true })) : text,
    confirm: label,
    danger,
    done,
    command: (reason) => [
      action === "replace" ? "replay" : action,
      action === "replace" && "--replace",
      action === "replay" && (file.status === "loaded" || file.sameAs) && "--again",
      file.id,
      ["--why", reason],
    ],
    request: (reason) => api.post(path, { reason }),
  });
}

/** The result of a dry run as a sentence. */
function sentence({ message }) {
  return `The file ${visible(message, 500)}.`;
}

/** One main action, unless the page has another (`hasMain` is false), and the others beside it. For a file that can be
 * retried, a replay would be the same. */
export function actionButtons(file, changed, hasMain = true) {
  const items = actionItems(file, changed).filter(
    ({ action }) => !(action === "replay" && file.status !== "loaded" && file.actions.includes("retry")),
  );
  const first = file.status === "loaded" ? ["replay-rejects"] : ["retry", "replay"];
  const main = first.find((action) => hasMain && items.some((one) => one.action === action));
  return items.map(({ action, label, symbol, run }) =>
    h(
      "button",
      {
        type: "button",
        class: action === main ? "button button-primary" : "button",
        dataset: { action },
        on: { click: run },
      },
      icon(symbol),
      label,
    ),
  );
}
