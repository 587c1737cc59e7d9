// Routes addresses to pages without reloads. A page is a module with `title` and `mount(root, parameters)`, which returns a
// function that ends it.
import { chosen, keep } from "./database.js";
import { h, replace } from "./dom.js";
import { errorState } from "./components/states.js";
import { pages } from "./pages.js";

const routes = pages.map(({ path, module }) => [
  new RegExp(`^${path.replace(/\{\w+\}/g, "([^/]+)")}$`),
  () => import(`./pages/${module}.js`),
]);
const notFound = () => import("./pages/notfound.js");
const listeners = new Set();
let end = null;
let visit = 0;

export function onNavigate(listener) {
  listeners.add(listener);
}

/** Goes to an address of these pages. */
export function go(address) {
  push({ scroll: 0 }, keep(address));
  show(true);
}

/** A new entry of the browser's history; the old one keeps its position. */
function push(state, address) {
  keepScroll();
  history.pushState(state, "", address);
}

const scrollPause = 150; // ms
const longestRestore = 3000; // ms
let isRestoring = false;

function keepScroll() {
  if (!isRestoring) history.replaceState({ ...history.state, scroll: scrollY }, "");
}

/** Scrolls as soon as the page is long enough, unless somebody moves or goes elsewhere first. */
function restoreScroll(position) {
  const mine = visit;
  const until = performance.now() + longestRestore;
  isRestoring = true;
  const step = () => {
    if (mine !== visit) return;
    const fits = document.documentElement.scrollHeight - innerHeight >= position;
    if (isRestoring && !fits && performance.now() < until) return requestAnimationFrame(step);
    if (isRestoring && fits) scrollTo(0, position);
    isRestoring = false;
  };
  step();
}

/**
 * Writes the query of the address, so that filters survive a reload and can be shared. Each choice is an entry of the browser's
 * history, so that Back undoes it; `replace` keeps the entry, for text that is being typed. `state` is kept with the entry.
 */
export function setQuery(parameters, { replace = false, state = null } = {}) {
  const known = Object.entries({ ...parameters, database: chosen() }).filter(
    ([, value]) => value != null && value !== "" && value !== false,
  );
  const search = known.length ? `?${new URLSearchParams(known)}` : "";
  if (search === location.search) return;
  const address = location.pathname + search;
  if (replace) history.replaceState(history.state, "", address);
  else push({ ...state, scroll: scrollY }, address);
}

export function getQuery() {
  const { database: _, ...given } = Object.fromEntries(new URLSearchParams(location.search));
  return given;
}

export function start() {
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href]");
    if (!link || event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey)
      return;
    if (link.target || link.hasAttribute("download") || link.origin !== location.origin || link.hash || !isPage(link.pathname))
      return;
    event.preventDefault();
    if (link.pathname + link.search === location.pathname + location.search) return;
    go(link.pathname + link.search);
  });
  addEventListener("popstate", ({ state }) => show(false, state?.scroll ?? 0));
  let timer = 0;
  addEventListener("scroll", () => {
    clearTimeout(timer);
    timer = setTimeout(keepScroll, scrollPause);
  });
  const stop = () => (isRestoring = false);
  for (const event of ["wheel", "pointerdown", "keydown"]) addEventListener(event, stop, { passive: true });
  show(false);
}

const isPage = (path) => routes.some(([pattern]) => pattern.test(path));

async function show(focus, scroll = null) {
  const mine = ++visit;
  isRestoring = scroll !== null; // the page that is being replaced no longer has this entry's position
  const main = document.getElementById("main");
  const path = location.pathname;
  const [pattern, load] = routes.find(([candidate]) => candidate.test(path)) ?? [/.*/, notFound];
  let page;
  try {
    page = await load();
  } catch {
    if (mine === visit)
      replace(
        main,
        errorState(
          {
            title: "This page could not be loaded",
            detail: "The program may have been stopped or updated. Reload to try again.",
          },
          () => location.reload(),
        ),
      );
    return;
  }
  if (mine !== visit) return;
  end?.();
  end = null;
  const root = h("div", { class: "page" });
  const parameters = path.match(pattern).slice(1).map(decodeURIComponent);
  document.title = `${typeof page.title === "function" ? page.title(...parameters) : page.title} · OrleansIngest`;
  replace(main, root);
  end = page.mount(root, parameters) ?? null;
  for (const listener of listeners) listener(path);
  if (focus) {
    scrollTo(0, 0);
    main.focus({ preventScroll: true });
  } else if (scroll !== null) restoreScroll(scroll);
}
