// What an operator may do with a file, with the words for it.
import * as api from "../api.js";
import { h } from "../dom.js";
import { confirmAction } from "./confirm.js";
import { icon } from "./icons.js";
import { visible } from "../visible.js";

export const fileActions = {
  retry: {
    label: "Retry",
    text: "The file is loaded again from where its last commit ended; its failures so far are forgotten.",
    done: "The file will be tried again.",
  },
  skip: {
    label: "Skip",
    danger: true,
    text: "The file will not be loaded. Rows of it that are already in the table stay there.",
    done: "The file is skipped.",
  },
  quarantine: {
    label: "Quarantine",
    danger: true,
    text: "The file is set aside until somebody retries it. Rows of it that are already in the table stay there.",
    done: "The file is quarantined.",
  },
  replay: { label: "Replay", text: "The file is loaded, although it was passed over.", done: "The file will be loaded." },
  replace: { label: "Replace", danger: true, counts: true, done: "The file will be loaded anew, in the place of its rows." },
  undo: { label: "Undo", danger: true, counts: true, done: "The rows of the file are taken out." },
};

const replayLoaded = {
  label: "Replay",
  danger: true,
  text: "The file is loaded again from its first byte, as a new version. The rows that it loaded before stay: delete them first, or each will be in the table twice.",
  done: "The file will be loaded again.",
};

const replayInPlace = { label: "Replay", danger: true, counts: true, done: "The file will be loaded anew, in the place of its rows." };

const replayRepeat = {
  label: "Replay",
  danger: true,
  text: "The file is loaded, although its content is loaded already: each of its rows will be in the table twice, unless you delete them first.",
  done: "The file will be loaded.",
};

function wordsFor(file, action) {
  if (action !== "replay") return fileActions[action];
  if (file.status === "loaded") return file.isReplacedByNewer ? replayInPlace : replayLoaded;
  return file.status === "ignored" && file.sameAs ? replayRepeat : fileActions.replay;
}

/** Asks for a confirmation and does it; gives the file's new row, or undefined. */
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

/** What the server says would come of it, as a sentence of its own. */
function sentence({ message }) {
  return `The file ${visible(message, 500)}.`;
}

/** One main action, the others beside it. Of a file that can be retried, a replay would be the same. */
export function actionButtons(file, changed) {
  const actions = (file.actions ?? []).filter((action) => fileActions[action] && !(action === "replay" && file.actions.includes("retry")));
  const main = ["retry", "replay"].find((action) => file.status !== "loaded" && actions.includes(action));
  return actions
    .map((action) =>
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
