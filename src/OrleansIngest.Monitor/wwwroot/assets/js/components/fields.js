// Inputs with a label above them.
import { h, replace } from "../dom.js";
import { icon } from "./icons.js";
import { moveRow } from "./listkeys.js";

let number = 0;

export function select(label, options, changed) {
  const id = `select-${++number}`;
  const input = h("select", { id, class: "input", on: { change: () => changed(input.value) } });
  setOptions(input, options);
  return {
    element: h("div", { class: "field" }, h("label", { for: id }, label), input),
    input,
    setOptions: (list) => setOptions(input, list),
  };
}

/** [value, label] pairs; the choice stays, if it still can. */
function setOptions(input, options) {
  const value = input.value;
  replace(
    input,
    options.map(([key, label]) => h("option", { value: key }, label)),
  );
  if (options.some(([key]) => key === value)) input.value = value;
}

/**
 * Calls back when typing has paused. `/` anywhere on the page comes here. Enter searches at once and moves to the list when the
 * promise that `changed` returned is fulfilled; Escape clears the field and leaves it.
 */
export function search(label, placeholder, changed, pause = 250) {
  const id = `search-${++number}`;
  let timer = 0;
  let found = null;
  const tell = () => {
    timer = 0;
    if (input.isConnected) found = changed(input.value.trim());
  };
  const tellNow = () => {
    clearTimeout(timer);
    tell();
  };

  async function leave(event) {
    if ((event.key !== "Enter" && event.key !== "Escape") || event.isComposing) return;
    event.preventDefault();
    const isCleared = event.key === "Escape";
    const had = input.value !== "";
    if (isCleared) input.value = "";
    if (timer || (isCleared && had)) tellNow();
    const main = document.getElementById("main");
    main.focus({ preventScroll: true });
    if (isCleared) return;
    await found;
    if (input.isConnected && document.activeElement === main) moveRow(1);
  }

  const input = h("input", {
    id,
    class: "input",
    type: "search",
    placeholder,
    autocomplete: "off",
    spellcheck: "false",
    dataset: { search: "" },
    on: {
      input: () => {
        clearTimeout(timer);
        timer = setTimeout(tell, pause);
      },
      keydown: leave,
    },
  });
  return {
    element: h(
      "div",
      { class: "field field-search" },
      h("label", { for: id }, label),
      h("div", { class: "with-icon" }, icon("search"), input),
    ),
    input,
  };
}

/** One of a few choices, as a row of buttons. */
export function choices(label, options, value, changed) {
  const name = `choice-${++number}`;
  const inputs = options.map(([key, text]) => {
    const input = h("input", { type: "radio", name, value: key, class: "visually-hidden", on: { change: () => changed(key) } });
    input.checked = key === value;
    return [input, h("label", { class: "choice" }, input, text)];
  });
  return {
    element: h(
      "fieldset",
      { class: "choices" },
      h("legend", { class: "visually-hidden" }, label),
      inputs.map(([, item]) => item),
    ),
    set(key) {
      for (const [input] of inputs) input.checked = input.value === key;
    },
  };
}
