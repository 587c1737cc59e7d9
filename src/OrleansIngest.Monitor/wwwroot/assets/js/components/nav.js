// The side bar: pages, pipelines with their state and rate, the connection, the theme, who is signed in. On small screens
// it is a drawer.
import { h, reconcile, replace, setAttribute, setText } from "../dom.js";
import { compact, rate } from "../format.js";
import * as live from "../live.js";
import { places } from "../pages.js";
import * as router from "../router.js";
import * as session from "../session.js";
import * as theme from "../theme.js";
import { worstTone } from "./attention.js";
import { databaseChoice } from "./databases.js";
import { lasting } from "./dropped.js";
import { showHelp } from "./help.js";
import { icon } from "./icons.js";
import { showPalette } from "./palette.js";
import { askForToken } from "./signin.js";
import { pipelineStatus, statusWord } from "./status.js";
import { toast } from "./toast.js";

const liveWords = { connecting: "Connecting…", live: "Live", lost: "Reconnecting…" };

export function start() {
  const numbers = new Map();
  const pipelines = h("div", { class: "nav-list" });
  const pipelineBlock = h("div", { hidden: true }, h("p", { class: "nav-heading" }, "Pipelines"), pipelines);
  replace(
    document.getElementById("nav"),
    h(
      "button",
      { type: "button", class: "nav-search", on: { click: showPalette } },
      icon("search"),
      h("span", { class: "grow" }, "Go to…"),
      h("kbd", {}, "Ctrl K"),
    ),
    databaseChoice(),
    h(
      "div",
      { class: "nav-list" },
      places.map(({ path: href, label, symbol }) => {
        const number = h("span", { class: "nav-number" });
        numbers.set(href, number);
        return h("a", { class: "nav-link", href }, icon(symbol), h("span", { class: "grow" }, label), number);
      }),
    ),
    pipelineBlock,
  );

  live.on("overview", (overview) => {
    const shown = lasting(overview.pipelines);
    pipelineBlock.hidden = shown.length === 0;
    reconcile(pipelines, shown, (pipeline) => pipeline.name, createPipeline, fillPipeline);
    setText(numbers.get("/nodes"), overview.nodes?.alive ?? "");
    setText(
      numbers.get("/alerts"),
      overview.alerts?.filter((alert) => !alert.resolvedAt && !alert.acknowledgedAt && !alert.mutedUntil).length || "",
    );
    setText(
      numbers.get("/files"),
      compact(overview.pipelines.reduce((sum, { files }) => sum + Object.values(files ?? {}).reduce((a, b) => a + b, 0), 0)),
    );
    setText(numbers.get("/rejects"), overview.totals ? compact(overview.totals.openRejects) : "");
    markCurrent(location.pathname);
  });
  foot();
  drawer();
  router.onNavigate(markCurrent);
}

function createPipeline(pipeline) {
  return h(
    "a",
    { class: "nav-link", href: `/pipelines/${encodeURIComponent(pipeline.name)}` },
    h("span", { class: "dot" }),
    h("bdi", { class: "grow" }, pipeline.name),
    h("span", { class: "nav-number" }),
  );
}

function fillPipeline(link, pipeline) {
  setAttribute(link.querySelector(".dot"), "data-tone", worstTone(pipelineStatus(pipeline), pipeline.attention));
  const number = link.querySelector(".nav-number");
  const status = pipelineStatus(pipeline);
  setText(number, status === "running" ? `${rate(pipeline.inputRate)}/s` : statusWord(status));
}

function markCurrent(path) {
  for (const link of document.querySelectorAll(".nav-link")) {
    const mine =
      link.pathname === "/"
        ? path === "/"
        : path === link.pathname || (["/files", "/nodes"].includes(link.pathname) && path.startsWith(`${link.pathname}/`));
    setAttribute(link, "aria-current", mine ? "page" : null);
  }
}

function foot() {
  const state = h("span", { class: "live", role: "status" });
  const topState = h("span", { class: "live" });
  document.getElementById("topbar-live").append(topState);
  live.onState((now) =>
    [state, topState].forEach((element) => {
      element.dataset.state = now;
      setText(element, liveWords[now]);
    }),
  );
  const themeButton = h("button", { type: "button", class: "icon-button", on: { click: theme.toggle } });
  const drawTheme = () => {
    const next = theme.isDark() ? "light" : "dark";
    replace(themeButton, icon(next === "light" ? "sun" : "moon"));
    themeButton.ariaLabel = themeButton.title = `Switch to ${next} colours`;
  };
  theme.onChange(drawTheme);
  drawTheme();
  const signIn = h("button", {
    type: "button",
    class: "button button-small",
    id: "session-button",
    on: { click: toggleSession },
  });
  const about = h("p", { class: "about" });
  session.onAbout((now) => {
    replace(signIn, icon("key"), now.role === "anonymous" ? "Sign in" : "Sign out");
    replace(
      about,
      now.role === "anonymous" ? null : [`Signed in as ${now.role}`, h("br")],
      `ingest ${now.version}`,
      h("br"),
      "database ",
      now.databases?.length > 1 ? [h("bdi", { class: "strong" }, now.database?.configuredAs), ": "] : null,
      h("bdi", {}, now.database?.name ?? "–"),
      now.database?.host ? [" on ", h("bdi", {}, now.database.host)] : null,
    );
  });
  replace(
    document.getElementById("sidebar-foot"),
    state,
    h(
      "div",
      { class: "row" },
      signIn,
      themeButton,
      h(
        "button",
        {
          type: "button",
          class: "icon-button",
          "aria-label": "Keyboard shortcuts",
          title: "Keyboard shortcuts (?)",
          on: { click: showHelp },
        },
        icon("help"),
      ),
    ),
    about,
  );
}

async function toggleSession() {
  if (session.about?.role && session.about.role !== "anonymous") {
    await session.signOut();
    toast("Signed out.");
  } else {
    await askForToken();
  }
}

function drawer() {
  const shell = document.querySelector(".shell");
  const button = document.getElementById("menu-button");
  const set = (open) => {
    shell.dataset.menu = open ? "open" : "closed";
    button.setAttribute("aria-expanded", open);
    replace(button, icon(open ? "close" : "menu"));
    if (open) document.querySelector("#nav a, #nav button").focus();
  };
  button.addEventListener("click", () => set(shell.dataset.menu !== "open"));
  shell.addEventListener("click", (event) => {
    if (event.target === shell) set(false);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || shell.dataset.menu !== "open") return;
    set(false);
    button.focus();
  });
  router.onNavigate(() => set(false));
  set(false);
}
