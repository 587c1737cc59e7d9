// Alerts: firing, muted and resolved.
import * as api from "../api.js";
import { alertItems, mute, mutedWords, unmute } from "../components/alert-actions.js";
import { lasting } from "../components/dropped.js";
import { select } from "../components/fields.js";
import { icon } from "../components/icons.js";
import { menu } from "../components/menu.js";
import { alertLink } from "../components/notices.js";
import { pager } from "../components/pager.js";
import { emptyState, skeleton } from "../components/states.js";
import { badge } from "../components/status.js";
import { ago, at } from "../components/time.js";
import { h, replace } from "../dom.js";
import { duration, instant, number } from "../format.js";
import * as live from "../live.js";
import * as session from "../session.js";
import { ending, heading, loader } from "./page.js";
import { visible } from "../visible.js";

export const title = "Alerts";
const limit = 20;

export function mount(root) {
  const end = ending();
  const firing = h("div", {}, skeleton(2));
  const mutes = h("div", {}, skeleton(1));
  const past = h("div", {}, skeleton(4));
  const pages = pager(limit, () => loadPast());
  const rule = select("Rule", [["", "Every rule"]], () => {});
  const pipeline = select("Pipeline", [["", "Every pipeline"]], () => {});
  const button = h(
    "button",
    {
      type: "submit",
      class: "button",
    },
    icon("mute"),
    "Mute…",
  );
  replace(
    root,
    heading(
      "Alerts",
      "Conditions that require attention. An alert fires once and is resolved 30 s after its condition has ended.",
    ),
    h(
      "div",
      { class: "stack" },
      card("Firing", firing),
      card(
        "Muted",
        h(
          "form",
          {
            class: "toolbar mute-form",
            on: {
              submit: async (event) => {
                event.preventDefault();
                if ((await mute({ rule: rule.input.value || null, pipeline: pipeline.input.value || null })) !== undefined)
                  load();
              },
            },
          },
          rule.element,
          pipeline.element,
          button,
        ),
        mutes,
      ),
      card("Resolved", past, pages.element),
    ),
  );

  const loadFiring = loader(
    end,
    firing,
    (signal) => api.get("/alerts", { state: "firing", limit: 200 }, signal),
    ({ items }) =>
      replace(
        firing,
        items.length ? list(items, (alert) => row(alert, load)) : emptyState({ title: "No firing alerts", symbol: "check" }),
      ),
    { keep: true },
  );
  const loadMutes = loader(
    end,
    mutes,
    (signal) => api.get("/alerts/mutes", {}, signal),
    ({ items }) =>
      replace(mutes, items.length ? list(items, (one) => muteRow(one, load)) : h("p", { class: "hint" }, "Nothing is muted.")),
    { keep: true },
  );
  const loadPast = loader(
    end,
    past,
    (signal) => api.get("/alerts", { state: "resolved", limit, after: pages.cursor }, signal),
    (answer) => {
      pages.set(answer, "alerts");
      replace(
        past,
        answer.items.length
          ? list(answer.items, (alert) => row(alert, null))
          : h("p", { class: "hint" }, "No resolved alerts yet."),
      );
    },
    { keep: true },
  );

  function load() {
    loadFiring();
    loadMutes();
    if (pages.isFirst) loadPast();
  }

  load();
  end.add(
    session.onAbout(({ alertRules = [] }) => rule.setOptions([["", "Every rule"], ...alertRules.map((name) => [name, name])])),
  );
  api.get("/pipelines").then(
    ({ items }) => {
      if (end.isOver()) return;
      pipeline.setOptions([["", "Every pipeline"], ...lasting(items).map(({ name }) => [name, name])]);
    },
    () => {}, // the lists report the error
  );
  let known = "";
  end.add(
    live.on("overview", ({ alerts }) => {
      const now = JSON.stringify(
        (alerts ?? []).map((alert) => [alert.id, alert.message, alert.acknowledgedAt, alert.mutedUntil]),
      );
      if (known && now !== known && !root.querySelector(":popover-open")) load();
      known = now;
    }),
  );
  return end;
}

function card(heading_, ...content) {
  return h("section", { class: "card" }, h("div", { class: "card-head" }, h("h2", {}, heading_)), content);
}

const list = (items, create) => h("ul", { class: "alert-rows" }, items.map(create));

function row(alert, changed) {
  const link = alertLink(alert);
  const quiet = !alert.resolvedAt && (alert.acknowledgedBy || alert.mutedUntil);
  return h(
    "li",
    { class: "alert-row", dataset: { quiet: quiet ? "" : null } },
    badge(alert.resolvedAt ? "resolved" : alert.severity),
    h(
      "div",
      { class: "alert-text" },
      h(
        "p",
        {},
        link ? h("a", { href: link[0] }, h("bdi", {}, visible(alert.message, 500))) : h("bdi", {}, visible(alert.message, 500)),
      ),
      h("p", { class: "hint" }, facts(alert)),
    ),
    h("span", { class: "alert-when" }, alert.resolvedAt ? at(alert.firedAt) : ago(alert.firedAt)),
    changed && menu("Actions", () => alertItems(alert, changed)),
  );
}

function facts(alert) {
  const parts = [
    alert.rule,
    alert.pipeline && visible(alert.pipeline, 80),
    alert.node && visible(alert.node, 80),
    alert.resolvedAt && `for ${duration(Date.parse(alert.resolvedAt) - Date.parse(alert.firedAt))}`,
    alert.acknowledgedBy &&
      `acknowledged by ` +
        `${visible(alert.acknowledgedBy, 80)}${alert.acknowledgedWhy ? `: ${visible(alert.acknowledgedWhy, 200)}` : ""}`,
    alert.mutedUntil && `muted until ${instant(alert.mutedUntil)} by ${visible(alert.mutedBy, 80)}`,
  ];
  return parts.filter(Boolean).join(" · ");
}

function muteRow(one, changed) {
  return h(
    "li",
    { class: "alert-row" },
    icon("mute"),
    h(
      "div",
      { class: "alert-text" },
      h("p", {}, mutedWords(one)),
      h(
        "p",
        { class: "hint" },
        `until ${instant(one.until)} · by ${visible(one.who, 80)}${one.reason ? `: ${visible(one.reason, 200)}` : ""}`,
      ),
    ),
    h(
      "button",
      {
        type: "button",
        class: "button button-row",
        "aria-label": `Unmute ${mutedWords(one)} (${number(one.id)})`,
        on: {
          click: async () => {
            if ((await unmute(one)) !== undefined) changed();
          },
        },
      },
      "Unmute",
    ),
  );
}
