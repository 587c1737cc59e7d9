// Native <dialog>s: they trap the focus, close with Escape and restore the focus.
import { append, h } from "../dom.js";
import { icon } from "./icons.js";

let number = 0;

/**
 * Opens a dialog with a form. `submit(form)` may be async: the dialog stays open while it runs and shows its error; what it
 * returns is what the promise gives. Cancelled: undefined. `aside` stands beside the buttons.
 */
export function openDialog({ title, body, confirm, danger = false, submit, aside = null, className = null }) {
  return new Promise((resolve) => {
    const id = `dialog-${++number}`;
    const problem = h("p", { class: "form-error", role: "alert", hidden: true });
    const confirmButton =
      confirm && h("button", { type: "submit", class: danger ? "button button-danger" : "button button-primary" }, confirm);
    const cancelButton = h(
      "button",
      { type: "button", class: "button", on: { click: () => dialog.close() } },
      confirm ? "Cancel" : "Close",
    );
    const form = h(
      "form",
      { on: { submit: send } },
      h(
        "div",
        { class: "dialog-head" },
        h("h2", { id }, title),
        h(
          "button",
          { type: "button", class: "icon-button", "aria-label": "Close", on: { click: () => dialog.close() } },
          icon("close"),
        ),
      ),
      h("div", { class: "dialog-body" }),
      problem,
      h("div", { class: "dialog-foot" }, aside && h("span", { class: "dialog-aside" }, aside), cancelButton, confirmButton),
    );
    append(form.querySelector(".dialog-body"), [body]);
    const dialog = h("dialog", { "aria-labelledby": id, class: className, on: { close: closed } }, form);
    let result;

    async function send(event) {
      event.preventDefault();
      if (!submit) return dialog.close();
      problem.hidden = true;
      confirmButton.disabled = true;
      try {
        result = await submit(form);
        dialog.close();
      } catch (failure) {
        problem.hidden = false;
        problem.textContent = failure.detail ?? failure.message;
      } finally {
        confirmButton.disabled = false;
      }
    }

    function closed() {
      dialog.remove();
      resolve(result);
    }

    dialog.addEventListener("click", (event) => {
      if (event.target === dialog) dialog.close();
    });
    document.body.append(dialog);
    dialog.showModal();
    form.querySelector("[data-autofocus]")?.focus();
  });
}

export const isDialogOpen = () => document.querySelector("dialog[open]") !== null;
