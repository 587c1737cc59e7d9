// Asks for a token when an action requires one.
import { h } from "../dom.js";
import * as live from "../live.js";
import * as session from "../session.js";
import { openDialog } from "./dialog.js";
import { toast } from "./toast.js";

/** True once the browser has the right to act (or view); false if cancelled. */
export async function askForToken(why = "This action requires the operator's token.") {
  const input = h("input", {
    id: "token",
    name: "token",
    type: "password",
    autocomplete: "current-password",
    required: true,
    spellcheck: "false",
    "data-autofocus": true,
    class: "input",
  });
  const role = await openDialog({
    title: "Sign in",
    confirm: "Sign in",
    body: [
      h("p", {}, why),
      h("div", { class: "field" }, h("label", { for: "token" }, "Token"), input),
      h(
        "p",
        { class: "hint" },
        "The token is the value of INGEST_TOKEN. If that is not set, the program created a token when it started. It is in ",
        h("code", {}, ".ingest/token"),
        ", and in the link that the program printed.",
      ),
    ],
    async submit() {
      const about = await session.signIn(input.value.trim());
      if (!about.canSee) throw new Error("This token is not valid.");
      return about.role;
    },
  });
  if (!role) return false;
  toast(role === "operator" ? "Signed in as operator." : "Signed in as viewer.");
  live.start();
  return true;
}

/** Whether the browser has the right to act; asks for the token if not. */
export async function mayAct() {
  if (session.about?.canAct) return true;
  await askForToken();
  return session.about?.canAct ?? false;
}
