// What a person should look at, thing by thing, each a link to the list that shows it.
import { h, reconcile, setAttribute, setText } from "../dom.js";
import { icon } from "./icons.js";
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
    reconcile(list, all ? items : items.slice(0, most), (item) => [item.kind, item.pipeline ?? item.text].join(" "), create, fill);
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
  return h(
    "li",
    { class: "need" },
    h("span", { class: "need-mark" }, icon("rejects"), h("span", { class: "visually-hidden" }, item.level)),
    h("div", { class: "need-text" }, h("a", { href: needLink(item) }), h("span", { class: "need-detail" })),
    since,
  );
}

function fill(row, item) {
  setAttribute(row, "data-level", item.level);
  setText(row.querySelector("a"), visible(item.text, 300));
  setText(row.querySelector(".need-detail"), visible(item.detail ?? "", 300));
  const since = row.querySelector("time");
  since.hidden = item.since == null;
  if (item.since != null) setAgo(since, item.since);
}
