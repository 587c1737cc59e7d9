// The first lines of a file as they are. They may hold anything: text becomes text nodes only, and what cannot be seen is
// written out.
import * as api from "../api.js";
import { h, replace } from "../dom.js";
import * as session from "../session.js";
import { icon } from "./icons.js";
import { askForToken } from "./signin.js";
import { toast } from "./toast.js";
import { visible } from "../visible.js";

const why = "The first lines of a file may contain anything, so they require the operator's token.";

export function fileHead(id) {
  const box = h("div", {});
  const button = h(
    "button",
    { type: "button", class: "button", id: "show-head", on: { click: show } },
    icon("files"),
    "Show the first lines",
  );
  replace(
    box,
    h("p", { class: "hint head-note" }, "The lines are read from the file on request, and require the operator's token."),
    button,
  );

  async function show() {
    if (!session.about?.canAct) await askForToken(why);
    if (!session.about?.canAct) return;
    button.disabled = true;
    try {
      const head = await api.get(`/files/${encodeURIComponent(id)}/head`);
      replace(box, content(head));
      box.querySelector(".head-lines")?.focus();
    } catch (failure) {
      if (!(failure instanceof api.ApiError)) throw failure;
      button.disabled = false;
      toast(failure.message, "bad");
    }
  }

  return h("section", { class: "card" }, h("div", { class: "card-head" }, h("h2", {}, "First lines")), box);
}

function content({ note, lines, isWhole }) {
  return [
    note && h("p", { class: "head-note" }, visible(note)),
    lines.length > 0 &&
      h(
        "ol",
        { class: "raw head-lines", tabindex: "0", "aria-label": "First lines of the file" },
        lines.map(({ text, isCut }) =>
          h("li", {}, h("bdi", {}, visible(text, 8000) || " "), isCut && h("span", { class: "raw-cut" }, " …")),
        ),
      ),
    !note && lines.length === 0 && h("p", { class: "hint" }, "The file is empty."),
    lines.length > 0 && h("p", { class: "hint" }, isWhole ? "This is the whole file." : "The file continues."),
  ];
}
