// Edits a rejected record in place. After each pause, a dry run checks the record with the table.
import * as api from "../api.js";
import { h, replace, setAttribute, setText } from "../dom.js";
import { openDialog } from "./dialog.js";
import { icon } from "./icons.js";
import { replayEdited, verdict } from "./replay.js";
import { mayAct } from "./signin.js";

const pause = 400; // ms
const question = {
  title: "Discard the changes?",
  body: "The edited text is lost. Nothing has been loaded.",
  confirm: "Discard",
  danger: true,
};
let number = 0;

/** A button that opens the editor in `box`. `loaded()` is called when the record has become a row. */
export function editButton(reject, box, loaded) {
  const button = h(
    "button",
    { type: "button", class: "button button-row", "aria-expanded": "false", on: { click: toggle } },
    icon("edit"),
    "Edit",
  );

  let editor = null;

  async function toggle() {
    if (box.childElementCount) return editor.leave();
    if (!(await mayAct()) || !box.isConnected) return;
    setAttribute(button, "aria-expanded", "true");
    editor = open(reject, close, loaded);
    replace(box, editor.element);
    editor.input.focus();
    editor.check();
  }

  function close() {
    box.replaceChildren();
    setAttribute(button, "aria-expanded", "false");
    button.focus();
  }

  return button;
}

function open(reject, close, loaded) {
  const id = `record-${++number}`;
  const says = h("p", { class: "edit-verdict", role: "status" });
  const input = h("textarea", {
    id,
    class: "input edit-text",
    dir: "ltr",
    rows: String(Math.min(12, 1 + reject.rawRecord.split("\n").length)),
    spellcheck: "false",
    autocomplete: "off",
    "aria-describedby": `${id}-says`,
    on: {
      input: () => {
        clearTimeout(timer);
        load.disabled = true;
        setAttribute(says, "data-tone", null);
        setText(says, "…");
        timer = setTimeout(check, pause);
      },
      keydown: (event) => {
        if (event.key !== "Escape") return;
        event.preventDefault(); // or the key would close the question that it opens
        leave();
      },
    },
  });
  input.value = reject.rawRecord;
  const original = input.value; // the browser's own line ends
  says.id = `${id}-says`;
  const load = h(
    "button",
    { type: "button", class: "button button-primary", disabled: true, on: { click: act } },
    "Load this record",
  );
  let timer = 0;
  let asked = 0;

  async function check() {
    const mine = ++asked;
    setAttribute(says, "data-tone", null);
    setText(says, "Checking with the table…");
    try {
      const [loads, sentence] = verdict(
        await api.post("/rejects/replay", { ids: [reject.id], record: input.value, dryRun: true }),
      );
      if (mine !== asked) return;
      load.disabled = !loads;
      setAttribute(says, "data-tone", loads ? "good" : "bad");
      setText(says, sentence);
    } catch (failure) {
      if (mine !== asked) return;
      load.disabled = true;
      setAttribute(says, "data-tone", "bad");
      setText(says, failure.detail ?? failure.message);
    }
  }

  /** Closes the editor; asks first if that loses text. */
  async function leave() {
    const isEdited = input.value !== original;
    if (!isEdited || (await openDialog({ ...question, submit: () => true }))) close();
    else input.focus();
  }

  async function act() {
    const home = input.closest(".issue")?.querySelector(".issue-button") ?? document.getElementById("main");
    if ((await replayEdited(reject, input.value)) === undefined) return;
    loaded();
    home.focus({ preventScroll: true }); // the record and its editor are removed
  }

  const inexact =
    reject.rawBytesBase64 &&
    "Some bytes of this record are not valid UTF-8 and are shown as �. Replace them with the intended characters.";
  return {
    input,
    check,
    leave,
    element: h(
      "div",
      { class: "edit" },
      h("label", { for: id }, "Record to load instead"),
      input,
      inexact && h("p", { class: "hint" }, inexact),
      says,
      h("div", { class: "edit-actions" }, load, h("button", { type: "button", class: "button", on: { click: leave } }, "Cancel")),
    ),
  };
}
