// j and k go through the rows of a page's lists; Enter then opens the row, as it does on any link.
const rows = "tbody tr, .file-item, .node-item, .need, .alert-row, .issue, .reject, .history-row";
const targets = "a[href], button:not([hidden]), input, [tabindex]";

/** Focuses the first link or button of the next row (1) or of the one before (-1); the first row when none has the focus. */
export function moveRow(step) {
  const all = [...document.querySelectorAll("main")]
    .flatMap((main) => [...main.querySelectorAll(rows)])
    .filter((row) => row.offsetParent !== null);
  if (!all.length) return;
  const at = all.findLastIndex((row) => row.contains(document.activeElement));
  const row = all[at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.max(0, Math.min(all.length - 1, at + step))];
  const target = [...row.querySelectorAll(targets)].find((element) => element.offsetParent !== null) ?? row;
  if (target === row) row.tabIndex = -1;
  target.focus({ preventScroll: true, focusVisible: true });
  row.scrollIntoView({ block: "nearest" });
}
