// Conditions that need attention, each a link to the list that explains it.
import { h, reconcile, setAttribute, setText } from "../dom.js";
import { instant } from "../format.js";
import { alertItems } from "./alert-actions.js";
import { icon } from "./icons.js";
import { menu } from "./menu.js";
import { setAgo } from "./time.js";
import { visible } from "../visible.js";

const most = 8; // shown at once

/** `set(items)`: AttentionItems of the contract, the worst first. */
export function needsList() {
  const title = h("h2", { id: "needs-title" }, "Needs attention");
  const list = h("ul", { class: "need-list" });
  const more = h("button", { type: "button", class: "link-button", hidden: true, on: { click: showAll } });
  const well = h("p", { class: "need-none", hidden: true }, icon("check"), "Nothing needs attention.");
  const element = h(
    "section",
    { class: "card needs", "aria-labelledby": "needs-title" },
    h("div", { class: "card-head" }, title),
    list,
    more,
    well,
  );
  let items = [];
  let all = false;

  function showAll() {
    all = true;
    draw();
    list.querySelector(`li:nth-child(${most + 1}) a`)?.focus();
  }

  function draw() {
    reconcile(
      list,
      all ? items : items.slice(0, most),
      (item) => [item.kind, item.pipeline ?? item.text].join(" "),
      create,
      fill,
    );
    more.hidden = all || items.length <= most;
    setText(more, `Show all ${items.length}`);
    well.hidden = items.length > 0;
    setText(title, items.length ? `Needs attention (${items.length})` : "Needs attention");
  }

  return {
    element,
    set(now) {
      items = now ?? [];
      draw();
    },
  };
}

/** The rule of the alert that an item is about. */
const alertRules = { "all-rejected": "reject-file", rejects: "reject-rate", unattended: "stalled" };
const ruleOf = ({ kind }) => alertRules[kind] ?? kind;

/** The list that explains an item. */
export function needLink({ kind, pipeline }) {
  const of = pipeline ? `&pipeline=${encodeURIComponent(pipeline)}` : "";
  if (kind === "quarantined" || kind === "all-rejected" || kind === "failed") return `/files?status=${kind}${of}`;
  if (kind === "unattended" || kind === "oldest-file") return `/files?status=ready&sort=discoveredAt&dir=asc${of}`;
  if (kind === "rejects" || kind.startsWith("reject-")) return `/rejects${of.replace("&", "?")}`;
  if (kind.endsWith("-node")) return "/nodes";
  if (kind === "configuration") return "/configuration";
  return pipeline ? `/pipelines/${encodeURIComponent(pipeline)}` : "/history";
}

function create(item) {
  const since = h("time", { dataset: { ago: "" } });
  const row = h(
    "li",
    { class: "need" },
    h("span", { class: "need-mark" }, icon("rejects"), h("span", { class: "visually-hidden" }, item.level)),
    h("div", { class: "need-text" }, h("a", { href: needLink(item) }), h("span", { class: "need-detail" })),
    since,
  );
  // The overview comes every second: nothing has to be loaded after an act.
  row.append(menu("Actions for the alert", () => alertItems(row.alert, () => {})));
  return row;
}

/** The message of the alert; of quarantined files only the name, the text beside it has the rest. */
function detailOf({ kind, detail }) {
  const latest = kind === "quarantined" && /(?:, most recently |is quarantined: )(.+)$/s.exec(detail ?? "");
  return latest ? `latest: ${latest[1]}` : detail;
}

/** Whether somebody has acknowledged or muted its alert. */
function quietness(item) {
  if (item.mutedUntil) return `muted until ${instant(item.mutedUntil)}`;
  return item.acknowledgedBy ? `acknowledged by ${item.acknowledgedBy}` : "";
}

function fill(row, item) {
  setAttribute(row, "data-level", item.level);
  setText(row.querySelector("a"), visible(item.text, 300));
  const quiet = quietness(item);
  setAttribute(row, "data-quiet", quiet ? "" : null);
  setText(row.querySelector(".need-detail"), visible([quiet, detailOf(item)].filter(Boolean).join(" · "), 400));
  row.alert = {
    id: item.alertId,
    rule: ruleOf(item),
    pipeline: item.pipeline,
    message: item.detail ?? item.text,
    acknowledgedBy: item.acknowledgedBy,
  };
  row.querySelector(".menu-anchor").hidden = !item.alertId;
  const since = row.querySelector("time");
  since.hidden = item.since == null;
  if (item.since != null) setAgo(since, item.since);
}
