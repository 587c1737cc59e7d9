// Rejected records, each with its place, its reason and its text. `select(id, on)` makes them choosable, `changed()`
// changeable: it is called when one was edited and loaded, ignored or reopened.
import { h } from "../dom.js";
import { number, positionWord } from "../format.js";
import { rawRecord } from "./rawrecord.js";
import { editButton } from "./recordeditor.js";
import { rejectVerbButton } from "./rejectverbs.js";
import { badge } from "./status.js";
import { ago } from "./time.js";
import { baseName, visible } from "../visible.js";

/** Ignores an open reject, reopens an ignored one. */
function verbButton(reject, changed) {
  if (reject.status !== "open" && !reject.canBeReopened) return null;
  const button = rejectVerbButton(() => ({ ids: [reject.id] }), changed, "button button-row");
  button.set(reject.status);
  return button.element;
}

export function rejectList(items, { selected = null, select = null, changed = null } = {}) {
  return h(
    "ul",
    { class: "reject-list" },
    items.map((reject) => {
      const box =
        select &&
        h("input", {
          type: "checkbox",
          "aria-label": `Select record ${reject.recordNumber} of ${baseName(reject.file)}`,
          on: { change: () => select(reject.id, box.checked) },
        });
      if (box) box.checked = selected.has(reject.id);
      const editor = h("div", {});
      return h(
        "li",
        { class: "reject" },
        h(
          "div",
          { class: "reject-head" },
          box,
          h("strong", {}, reject.reason),
          reject.column && h("code", {}, h("bdi", {}, visible(reject.column, 80))),
          h(
            "span",
            { class: "reject-place" },
            reject.fileId != null
              ? h("a", { href: `/files/${reject.fileId}` }, h("bdi", {}, baseName(reject.file)))
              : h("bdi", {}, baseName(reject.file)),
            reject.line == null ? "" : ` line ${number(reject.line)},`,
            ` record ${number(reject.recordNumber)}, ${positionWord(reject.positionUnit)} ${number(reject.byteOffset)}`,
          ),
          reject.status !== "open" && badge(reject.status),
          ago(reject.at),
          changed && reject.canBeEdited && editButton(reject, editor, changed),
          changed && verbButton(reject, changed),
        ),
        h("p", { class: "reject-detail" }, h("bdi", {}, visible(reject.detail, 500))),
        rawRecord(reject),
        reject.editedRecord != null && [
          h("p", { class: "hint" }, "Loaded as:"),
          rawRecord({ ...reject, rawRecord: reject.editedRecord, field: null, detail: "", truncated: false }),
        ],
        editor,
      );
    }),
  );
}
