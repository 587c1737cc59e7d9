// Parts of the history page.
import { fromLocal, toLocal } from "../../components/localtime.js";
import { badge } from "../../components/status.js";
import { ago } from "../../components/time.js";
import { h } from "../../dom.js";
import { duration } from "../../format.js";
import { visible } from "../../visible.js";

/** An alert of the range. */
export function alertRow(alert) {
  return h(
    "li",
    {},
    badge(alert.resolvedAt ? "resolved" : alert.severity),
    h("span", { class: "grow" }, visible(alert.message)),
    h(
      "span",
      { class: "muted" },
      ago(alert.firedAt),
      alert.resolvedAt && `, for ${duration(Date.parse(alert.resolvedAt) - Date.parse(alert.firedAt))}`,
    ),
  );
}

let number = 0;

/** A field for an instant, in local time. */
export function moment(label, changed) {
  const id = `moment-${++number}`;
  const input = h("input", {
    id,
    type: "datetime-local",
    step: "1",
    class: "input",
    on: {
      change: () => {
        if (input.value) changed(fromLocal(input.value));
      },
    },
  });
  return {
    element: h("div", { class: "field" }, h("label", { for: id }, label), input),
    set(iso) {
      if (iso) input.value = toLocal(iso);
    },
  };
}
