// Notices of every page: the connection is lost, the database is unavailable, an alert fires. The overview and the page
// Alerts list alerts themselves.
import { h, reconcile, setAttribute, setText } from "../dom.js";
import * as live from "../live.js";
import * as router from "../router.js";
import { icon } from "./icons.js";
import { plural } from "../format.js";
import { setAgo } from "./time.js";
import { toast } from "./toast.js";
import { visible } from "../visible.js";

const mostAlerts = 1; // the others are counted in its line
const notices = new Map(); // key → { severity, text, link, since }

export function start() {
  const box = document.getElementById("notices");
  const draw = () =>
    reconcile(
      box,
      [...notices]
        .filter(([key]) => !(key.startsWith("alert") && ["/", "/alerts"].includes(location.pathname)))
        .map(([key, value]) => ({ key, ...value })),
      (notice) => notice.key,
      create,
      fill,
    );
  const set = (key, notice) => {
    if (notice) notices.set(key, notice);
    else notices.delete(key);
    draw();
  };

  live.onState((state) =>
    set(
      "stream",
      state === "lost"
        ? {
            severity: "warning",
            text: "The connection to the program is lost. This page shows older data and reconnects automatically.",
            since: new Date().toISOString(),
          }
        : null,
    ),
  );
  live.on("overview", (overview) => {
    const away = overview.database?.state === "away";
    set(
      "database",
      away
        ? {
            severity: "critical",
            text: "The database is unavailable. Loading resumes automatically when it answers. This page shows older data.",
            since: overview.database.since,
          }
        : null,
    );
    const firing = (overview.alerts ?? []).filter(
      (alert) => !alert.resolvedAt && !isQuiet(alert) && !(away && alert.rule === "database-away"),
    );
    for (const key of [...notices.keys()])
      if (key.startsWith("alert") && !firing.slice(0, mostAlerts).some((alert) => key === `alert ${alert.id}`))
        notices.delete(key);
    for (const alert of firing.slice(0, mostAlerts))
      notices.set(`alert ${alert.id}`, {
        severity: alert.severity,
        text: alert.message,
        link: alertLink(alert),
        more: firing.length - mostAlerts,
        since: alert.firedAt,
      });
    draw();
  });
  router.onNavigate(draw);
  live.on("alert", (alert) => {
    if (alert.mutedUntil) return;
    toast(
      visible(alert.resolvedAt ? `Resolved: ${alert.message}` : alert.message), // it may name a file
      alert.resolvedAt ? "good" : alert.severity === "critical" ? "bad" : "warn",
    );
  });
}

/** Whether the alert is acknowledged or muted. */
const isQuiet = (alert) => alert.acknowledgedAt != null || alert.mutedUntil != null;

export function alertLink(alert) {
  const of = alert.pipeline ? `&pipeline=${encodeURIComponent(alert.pipeline)}` : "";
  if (alert.rule === "reject-rate" || alert.rule === "reject-file") return [`/rejects?status=open${of}`, "Rejects"];
  if (alert.rule === "quarantined") return [`/files?status=quarantined${of}`, "Files"];
  if (alert.rule === "dead-node") return ["/nodes", "Nodes"];
  if (alert.pipeline) return [`/pipelines/${encodeURIComponent(alert.pipeline)}`, alert.pipeline];
  return null;
}

function create(notice) {
  const since = h("time", { dataset: { ago: "" }, class: "muted" });
  const text = h("span", {});
  return h(
    "div",
    { class: "notice", role: notice.severity === "critical" ? "alert" : "status" },
    icon("rejects"),
    h("p", {}, text, " ", since),
    notice.link && h("a", { href: notice.link[0] }, notice.link[1]),
    h("a", { class: "notice-more", href: "/alerts", hidden: true }),
  );
}

function fill(element, notice) {
  setAttribute(element, "data-severity", notice.severity);
  setText(element.querySelector("span"), visible(notice.text));
  const more = element.querySelector(".notice-more");
  more.hidden = !notice.more;
  setText(more, notice.more ? plural(notice.more, "more alert") : "");
  element.querySelector("time").hidden = notice.since == null;
  setAgo(element.querySelector("time"), notice.since);
}
