// What an action is in a terminal, to be copied.
import { chosen } from "../database.js";
import { copyButton } from "./copy.js";

const plain = /^[\w@%+=:,./-]+$/;

/** As a shell reads it. */
export const quote = (text) => (plain.test(text) ? String(text) : `'${String(text).replaceAll("'", `'\\''`)}'`);

/** `ingest …` with these words; what is null or false is left out, and [option, value] without its value. */
export function command(words) {
  const given = words.flatMap((word) => (Array.isArray(word) ? (word[1] == null || word[1] === "" ? [] : word) : [word]));
  const database = chosen();
  return ["ingest", ...given, ...(database ? ["--db", database] : [])]
    .filter((word) => word != null && word !== false)
    .map(quote)
    .join(" ");
}

/** `words()` gives them when the button is pressed. */
export function copyCommand(words) {
  return copyButton("Copy as command", () => command(words()));
}
