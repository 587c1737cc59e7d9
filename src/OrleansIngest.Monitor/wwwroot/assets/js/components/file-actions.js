// Actions of operators on a file, with their texts.
import * as api from "../api.js";
import { h } from "../dom.js";
import { confirmAction } from "./confirm.js";
import { icon } from "./icons.js";
import { visible } from "../visible.js";

export const fileActions = {
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
  replay: { label: "Replay", text: "The file is loaded although it was ignored.", done: "The file will be loaded." },
  replace: {
    label: "Replace",
    danger: true,
    counts: true,
    done: "The file will be loaded again, and its new rows will replace the old ones.",
  },
  undo: { label: "Undo", danger: true, counts: true, done: "The rows of the file are deleted." },
};

const replayLoaded = {
  label: "Replay",
  danger: true,
  text:
    "The file is loaded again from its beginning, as a new version. The rows that it loaded before stay in the table: delete " +
    "them first to avoid duplicates.",
  done: "The file will be loaded again.",
};

const replayInPlace = {
  label: "Replay",
  danger: true,
  counts: true,
  done: "The file will be loaded again, and its new rows will replace the old ones.",
};

const replayRepeat = {
  label: "Replay",
  danger: true,
  text:
    "The file is loaded although its content is already loaded: each of its rows will be in the table twice unless you " +
    "delete them first.",
  done: "The file will be loaded.",
};

function wordsFor(file, action) {
  if (action !== "replay") return fileActions[action];
  if (file.status === "loaded") return file.isReplacedByNewer ? replayInPlace : replayLoaded;
  return file.status === "ignored" && file.sameAs ? replayRepeat : fileActions.replay;
}

/** Confirms and performs an action; gives the new row of the file, or undefined if cancelled. */
export function act(file, action) {
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
  const actions = (file.actions ?? []).filter(
    (action) => fileActions[action] && !(action === "replay" && file.actions.includes("retry")),
  );
  const main = ["retry", "replay"].find((action) => hasMain && file.status !== "loaded" && actions.includes(action));
  return actions.map((action) =>
    h(
      "button",
      {
        type: "button",
        class: action === main ? "button button-primary" : "button",
        dataset: { action },
        on: {
          click: async () => {
            const row = await act(file, action);
            if (row !== undefined) changed(row);
          },
        },
      },
      icon(action),
      fileActions[action].label,
    ),
  );
}
