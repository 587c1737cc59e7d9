// Pipelines that are stored in the database: stored, changed and removed there. Silos apply it within seconds.
import * as api from "../api.js";
import { h } from "../dom.js";
import { confirmAction } from "./confirm.js";

const address = (name) => `/pipelines/${encodeURIComponent(name)}/configuration`;

/** The newest version of a stored pipeline; null if it is not stored in the database. */
export async function findStored(name, signal) {
  const { items } = await api.get("/kept-pipelines", {}, signal);
  return items.find((one) => one.name === name && one.config) ?? null;
}

/** Stores a configuration. `after`: the version that was edited, 0 for a new pipeline. Errors name their options. */
export async function storePipeline(name, config, { after, reason }) {
  try {
    return await api.put(address(name), { after, reason }, config);
  } catch (failure) {
    const errors = Object.entries(failure.errors ?? {}).map(([path, texts]) => `${path} ${texts.join(", ")}`);
    if (errors.length) throw new Error(errors.join("; "));
    throw failure;
  }
}

/** Edits the configuration of a stored pipeline, as in ingest.json. Undefined: cancelled. */
export function editStored({ name, version, config }) {
  const input = h("textarea", {
    id: "pipeline-config",
    class: "input edit-text",
    dir: "ltr",
    rows: "16",
    spellcheck: "false",
    autocomplete: "off",
  });
  input.value = JSON.stringify(config, null, 2);
  return confirmAction({
    title: `Edit ${name}`,
    text: h(
      "div",
      { class: "field" },
      h("label", { for: input.id }, "Configuration, as in ingest.json"),
      input,
      h("p", { class: "hint" }, "Secrets are shown as ***: enter them again. Options that are omitted have their defaults."),
    ),
    confirm: "Save",
    done: `${name} is saved. Silos apply it within seconds.`,
    request: (reason) => {
      let edited;
      try {
        edited = JSON.parse(input.value);
      } catch (failure) {
        throw new Error(`This is not valid JSON: ${failure.message}`);
      }
      return storePipeline(name, edited, { after: version, reason });
    },
  });
}

/** Removes a pipeline from the database. Undefined: cancelled. */
export function removeStored(name) {
  return confirmAction({
    title: `Remove ${name}?`,
    text:
      "The configuration is removed from the database; its versions stay. Silos finish the files in progress and claim no " +
      "more. The rows in the table, the rejects and the history stay, and so does the pipeline on these pages until it is " +
      "removed from the ledger too.",
    confirm: "Remove",
    danger: true,
    command: (why) => ["pipeline", "remove", name, ["--why", why]],
    done: `${name} is removed from the database. Silos apply it within seconds.`,
    request: (reason) => api.remove(address(name), undefined, { reason }),
  });
}
