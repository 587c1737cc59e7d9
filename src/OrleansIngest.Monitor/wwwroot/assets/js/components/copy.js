// A button that puts a text into the clipboard.
import { h } from "../dom.js";
import { toast } from "./toast.js";

/** @param label What the button says. @param text Gives the text when it is pressed. */
export function copyButton(label, text) {
  return h(
    "button",
    {
      type: "button",
      class: "button",
      on: {
        click: async () => {
          await copy(text());
          toast("Copied");
        },
      },
    },
    label,
  );
}

// Pages that come over plain HTTP from another machine have no navigator.clipboard.
export async function copy(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const area = h("textarea", { class: "visually-hidden", readonly: true });
  area.value = text;
  (document.querySelector("dialog[open]") ?? document.body).append(area); // behind an open dialog nothing can be chosen
  area.select();
  document.execCommand("copy");
  area.remove();
}
