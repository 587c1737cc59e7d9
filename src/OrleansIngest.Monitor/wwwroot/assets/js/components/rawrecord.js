// A rejected record as it was read: the bad field marked, and everything that cannot be seen made visible. Its text is
// hostile; it only ever becomes text nodes.
import { h, replace } from "../dom.js";
import { number } from "../format.js";
import { isInvisible, nameOf, unicode } from "../visible.js";

const excerpt = 360; // characters that are shown at first

/** The record; long ones begin as an excerpt around the bad field. */
export function rawRecord(reject) {
  const text = reject.rawRecord ?? "";
  const field = validField(reject.field, text.length) ?? quotedField(reject.detail, text);
  const label = reject.line == null ? `Raw record ${reject.recordNumber}` : `Raw record, line ${reject.line}`;
  const box = h("div", { class: "raw", dir: "ltr", tabindex: "0", role: "group", "aria-label": label });
  const whole = () =>
    replace(box, parts(text, 0, text.length, field), reject.truncated && cut("Only the beginning of this record was kept."));
  if (text.length <= excerpt) {
    whole();
  } else {
    const start = field ? Math.max(0, Math.min(field.start - excerpt / 4, text.length - excerpt)) : 0;
    const end = Math.min(text.length, start + excerpt);
    replace(
      box,
      start > 0 && cut("…"),
      parts(text, start, end, field),
      end < text.length && cut("…"),
      h(
        "button",
        {
          type: "button",
          class: "link-button",
          on: {
            click: () => {
              whole();
              box.focus();
            },
          },
        },
        `Show all ${number(text.length)} characters`,
      ),
    );
  }
  return box;
}

function parts(text, start, end, field) {
  if (!field) return marked(text.slice(start, end));
  const from = Math.max(start, Math.min(end, field.start));
  const to = Math.max(from, Math.min(end, field.start + field.length));
  return [
    marked(text.slice(start, from)),
    h(
      "mark",
      { class: "bad-field" },
      from === to ? h("span", { class: "invisible", title: "The field is empty" }, "empty") : marked(text.slice(from, to)),
    ),
    marked(text.slice(to, end)),
  ];
}

function validField(field, length) {
  return field && field.start >= 0 && field.start <= length && field.length >= 0 ? field : null;
}

/** Messages end in the value that did not fit, in quotes. It is marked when it stands in the record once, as a whole field. */
function quotedField(detail, text) {
  const value = /: "([^]+)"$/.exec(detail ?? "")?.[1];
  if (!value) return null;
  const places = [];
  for (let at = text.indexOf(value); at >= 0 && places.length < 50; at = text.indexOf(value, at + 1)) {
    if (edge(text[at - 1]) && edge(text[at + value.length])) places.push(at);
  }
  return places.length === 1 ? { start: places[0], length: value.length } : null;
}

const edge = (character) => character === undefined || /[,;|\t"\r\n]/.test(character);

/** Text and, between it, a mark for each character that cannot be seen. */
function marked(text) {
  const nodes = [];
  let plain = "";
  for (const character of text) {
    if (!isInvisible(character)) {
      plain += character;
      continue;
    }
    if (plain) nodes.push(plain);
    plain = "";
    nodes.push(glyph(character));
    if (character === "\n") nodes.push("\n");
  }
  if (plain) nodes.push(plain);
  return nodes;
}

function glyph(character) {
  return h("span", { class: "invisible", title: unicode(character) }, nameOf(character));
}

const cut = (text) => h("span", { class: "raw-cut" }, text);
