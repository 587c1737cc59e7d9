// Every action is confirmed: its effect, and an optional reason for the history.
import * as api from "../api.js";
import { h } from "../dom.js";
import { copyCommand } from "./command.js";
import { openDialog } from "./dialog.js";
import { askForToken, mayAct } from "./signin.js";
import { toast } from "./toast.js";

/**
 * Confirms and performs an action. `text`: text, nodes, or a function that asks the server for the effect.
 * `command(reason)`: the same action as a command, null if there is none. `request(reason)` returns the server's answer.
 * Undefined: cancelled.
 */
export async function confirmAction({ title, text, confirm, danger = false, request, done, command = null }) {
  if (!(await mayAct())) return undefined;
  let words = text;
  if (typeof text === "function") {
    try {
      words = await text();
    } catch (failure) {
      if (!(failure instanceof api.ApiError && failure.needsToken && (await askForToken())))
        return void toast(failure.message, "bad");
      words = await text().catch((again) => void toast(again.message, "bad"));
      if (words === undefined) return undefined;
    }
  }
  const reason = h("textarea", {
    id: "reason",
    name: "reason",
    rows: "2",
    maxlength: "500",
    class: "input",
    "data-autofocus": true,
  });
  const answer = await openDialog({
    title,
    confirm,
    danger,
    body: [
      typeof words === "string" ? h("p", {}, words) : words,
      h(
        "div",
        { class: "field" },
        h("label", { for: "reason" }, "Reason ", h("span", { class: "hint" }, "(optional, kept in the history)")),
        reason,
      ),
    ],
    aside: command?.("") && copyCommand(() => command(reason.value.trim())),
    async submit() {
      try {
        return { value: await request(reason.value.trim() || undefined) };
      } catch (failure) {
        if (failure instanceof api.ApiError && failure.needsToken && (await askForToken()))
          return { value: await request(reason.value.trim() || undefined) };
        throw failure;
      }
    },
  });
  if (!answer) return undefined;
  toast(typeof done === "function" ? done(answer.value) : done);
  return answer.value ?? null;
}
