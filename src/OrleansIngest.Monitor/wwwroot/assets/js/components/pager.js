// Through long lists by cursors: next, and back over the cursors that were seen. The page is in the address, so that it
// survives a reload and can be shared; "Previous" of a page opened by a shared address leads to the first page.
import { h, setText } from "../dom.js";
import { number } from "../format.js";
import { getQuery, setQuery } from "../router.js";
import { icon } from "./icons.js";

const first = { after: null, page: 1 };

/** `inAddress`: of the one list of a page. */
export function pager(limit, load, { inAddress = true } = {}) {
  const given = inAddress ? getQuery() : {};
  let cursors = inAddress ? cursorsOf(given) : [first];

  function go() {
    const { after, page } = cursors.at(-1);
    if (inAddress) setQuery({ ...getQuery(), after, page: page > 1 ? page : null }, { state: { cursors } });
    load();
  }
  const previous = h(
    "button",
    {
      type: "button",
      class: "button",
      on: {
        click: () => {
          cursors.pop();
          go();
        },
      },
    },
    icon("left"),
    "Previous",
  );
  const next = h(
    "button",
    {
      type: "button",
      class: "button",
      on: {
        click: () => {
          cursors.push({ after: next.cursor, page: cursors.at(-1).page + 1 });
          go();
        },
      },
    },
    "Next",
    icon("right"),
  );
  const text = h("p", { class: "pager-text", role: "status" });
  const element = h(
    "nav",
    { class: "pager", "aria-label": "Pages of the list" },
    text,
    h("div", { class: "pager-buttons" }, previous, next),
  );
  return {
    element,
    get cursor() {
      return cursors.at(-1).after;
    },
    get isFirst() {
      return cursors.length === 1;
    },
    reset() {
      cursors = [first];
    },
    set(list, what) {
      const start = (cursors.at(-1).page - 1) * limit;
      const total =
        list.total != null ? number(list.total) : list.totalAtLeast != null ? `more than ${number(list.totalAtLeast)}` : "many";
      element.hidden = list.items.length === 0 && cursors.length === 1;
      setText(
        text,
        list.total === 1
          ? `1 ${what.replace(/s$/, "")}`
          : list.items.length
            ? `${number(start + 1)} to ${number(start + list.items.length)} of ${total} ${what}`
            : `No ${what}`,
      );
      next.cursor = list.next;
      previous.disabled = cursors.length === 1;
      next.disabled = !list.next;
    },
  };
}

/** The cursors up to the page of the address: those of the history's entry, if it belongs to this page. */
function cursorsOf({ after, page }) {
  const number = Math.floor(Number(page));
  if (!after || !(number > 1)) return [first];
  const seen = history.state?.cursors;
  return seen?.at(-1)?.after === after ? [...seen] : [first, { after, page: number }];
}
