// Common parts of pages: the heading, loading with an error state, and cleaning up.
import * as api from "../api.js";
import { h, replace } from "../dom.js";
import { errorState } from "../components/states.js";

export function heading(title, sub, actions = []) {
  return h(
    "div",
    { class: "page-head" },
    h("div", {}, h("h1", {}, title), sub && h("p", { class: "sub" }, sub)),
    h("div", { class: "page-actions" }, actions),
  );
}

/** Collects what ends with the page. */
export function ending() {
  const ends = [];
  let over = false;
  const end = () => {
    over = true;
    for (const one of ends.splice(0)) one();
  };
  end.add = (...more) => ends.push(...more);
  end.isOver = () => over;
  end.every = (milliseconds, run) => {
    const timer = setInterval(() => {
      if (document.visibilityState === "visible") run();
    }, milliseconds);
    ends.push(() => clearInterval(timer));
  };
  return end;
}

/**
 * A loader: a newer request replaces an older one, a failure is shown in `box` with a button, and an outage is retried
 * automatically. `show(data)` is called with each answer.
 */
export function loader(end, box, request, show, { keep = false } = {}) {
  let controller = null;
  let timer = 0;
  let shown = false;
  end.add(() => {
    controller?.abort();
    clearTimeout(timer);
  });

  return async function load() {
    controller?.abort();
    clearTimeout(timer);
    const mine = (controller = new AbortController());
    try {
      const data = await request(mine.signal);
      if (mine.signal.aborted || end.isOver()) return;
      shown = true;
      show(data);
    } catch (failure) {
      if (failure.name === "AbortError" || mine.signal.aborted || end.isOver()) return;
      if (!(failure instanceof api.ApiError)) throw failure;
      // The old content stays: the notice above says that it is outdated.
      if (!(keep && shown)) {
        replace(box, errorState(failure, load));
        shown = false;
      }
      if (failure.unreachable || failure.databaseAway) timer = setTimeout(load, 2000);
    }
  };
}
