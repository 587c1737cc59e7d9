// Characters that cannot be seen, or that turn the direction of others, by name: a file called "invoice<RLO>gpj.csv" must
// not read as "invoicevsc.jpg".
const controls =
  "NUL SOH STX ETX EOT ENQ ACK BEL BS TAB LF VT FF CR SO SI DLE DC1 DC2 DC3 DC4 NAK SYN ETB CAN EM SUB ESC FS GS RS US".split(
    " ",
  );
const names = new Map([
  [0x7f, "DEL"],
  [0xa0, "NBSP"],
  [0xad, "SHY"],
  [0x61c, "ALM"],
  [0x200b, "ZWSP"],
  [0x200c, "ZWNJ"],
  [0x200d, "ZWJ"],
  [0x200e, "LRM"],
  [0x200f, "RLM"],
  [0x2028, "LS"],
  [0x2029, "PS"],
  [0x202a, "LRE"],
  [0x202b, "RLE"],
  [0x202c, "PDF"],
  [0x202d, "LRO"],
  [0x202e, "RLO"],
  [0x2066, "LRI"],
  [0x2067, "RLI"],
  [0x2068, "FSI"],
  [0x2069, "PDI"],
  [0xfeff, "BOM"],
  [0xfffd, "�"],
]);
const invisible = /[\u0000-\u001f\u007f-\u00a0\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffd]/u;
const everyInvisible = new RegExp(invisible, "gu");

export const isInvisible = (character) => invisible.test(character);

export function nameOf(character) {
  const code = character.codePointAt(0);
  return names.get(code) ?? controls[code] ?? unicode(character);
}

export const unicode = (character) => `U+${character.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}`;

/** A name, a path or a message with such characters written out: ‹RLO›. Cut to `longest` characters. */
export function visible(text, longest = 1000) {
  if (text == null) return text;
  const shown = String(text).replace(everyInvisible, (character) => (character === "\u00a0" ? " " : `‹${nameOf(character)}›`));
  return shown.length > longest ? `${shown.slice(0, longest)}…` : shown;
}

/** A text of several lines: line breaks and tabs stay, other such characters are written out. */
export const visibleLines = (text, longest = 1_000_000) =>
  (text ?? "")
    .split(/([\n\t])/)
    .map((part) => (part === "\n" || part === "\t" ? part : visible(part, longest)))
    .join("");

/** The last part of a path, visible. */
export const baseName = (path) => visible(path?.split("/").at(-1) ?? "–");
