// Tables that stay tables for screen readers when a phone shows each row as a card. Rows are kept and updated with live data.
import { h, reconcile, setAttribute } from "../dom.js";
import { icon } from "./icons.js";

/**
 * `columns`: [{ key, label, numeric, sort, hideOnPhone, create() → node, fill(node, item) }]. `onSort(key)` makes headers
 * with `sort` into buttons. `rowClass(item)` is optional.
 */
export function table({ caption, columns, keyOf, onSort = null, className = "" }) {
  const headers = columns.map((column) => header(column, onSort));
  const body = h("tbody", { role: "rowgroup" });
  const element = h(
    "div",
    { class: `table-box ${className}` },
    h(
      "table",
      { role: "table" },
      h("caption", { class: "visually-hidden" }, caption),
      h("thead", { role: "rowgroup" }, h("tr", { role: "row" }, headers)),
      body,
    ),
  );

  function createRow() {
    const cells = columns.map((column) => {
      const content = column.create?.() ?? h("span", {});
      return h(
        "td",
        { role: "cell", class: column.numeric ? "numeric" : null, dataset: { label: column.label, column: column.key } },
        content,
      );
    });
    return h("tr", { role: "row" }, cells);
  }

  function fillRow(row, item) {
    columns.forEach((column, index) => column.fill(row.children[index].firstElementChild, item, row.children[index]));
    row.item = item;
  }

  return {
    element,
    body,
    set(items) {
      reconcile(body, items, keyOf, createRow, fillRow);
    },
    /** Updates one row, if it is shown. */
    update(item) {
      const key = String(keyOf(item));
      const row = [...body.children].find((candidate) => candidate.dataset.key === key);
      if (row) fillRow(row, item);
      return row !== undefined;
    },
    sorted(key, direction) {
      headers.forEach((cell, index) => {
        if (!columns[index].sort) return;
        const mine = columns[index].sort === key;
        setAttribute(cell, "aria-sort", mine ? (direction === "asc" ? "ascending" : "descending") : null);
        cell.querySelector(".sort-mark").replaceChildren(...(mine ? [icon(direction === "asc" ? "up" : "down")] : []));
      });
    },
  };
}

function header(column, onSort) {
  const content =
    column.sort && onSort
      ? h(
          "button",
          { type: "button", class: "sort-button", on: { click: () => onSort(column.sort) } },
          column.label,
          h("span", { class: "sort-mark" }),
        )
      : column.hideLabel
        ? h("span", { class: "visually-hidden" }, column.label)
        : column.label;
  return h(
    "th",
    { scope: "col", role: "columnheader", class: column.numeric ? "numeric" : null, dataset: { column: column.key } },
    content,
  );
}

/** A column that shows text. */
export const textColumn = (key, label, text, more = {}) => ({
  key,
  label,
  ...more,
  fill(node, item) {
    const value = text(item);
    if (node.textContent !== value) node.textContent = value;
  },
});
