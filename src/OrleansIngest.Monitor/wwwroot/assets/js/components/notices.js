// What everybody must see on every page: the stream is cut, the database is away, an alert fires. The overview lists alerts itself.
import { h, reconcile, setAttribute, setText } from "../dom.js";
import * as live from "../live.js";
import * as router from "../router.js";
import { icon } from "./icons.js";
import { plural } from "../format.js";
import { setAgo } from "./time.js";
import { toast } from "./toast.js";
import { visible } from "../visible.js";

const mostAlerts = 2; // the others are counted: a page is more than its notices
const notices = new Map(); // key → { severity, text, link, since }

export function start() {
  const box = document.getElementById("notices");
  const draw = () =>
    reconcile(
      box,
      [...notices].filter(([key]) => !(key.startsWith("alert") && ["/", "/alerts"].includes(location.pathname))).map(([key, value]) => ({ key, ...value })),
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
      if (key.startsWith("alert") && !firing.slice(0, mostAlerts).some((alert) => key === `alert ${alert.id}`)) notices.delete(key);
    for (const alert of firing.slice(0, mostAlerts))
      notices.set(`alert ${alert.id}`, {
        severity: alert.severity,
        text: alert.message,
        link: alertLink(alert),
        since: alert.firedAt,
      });
    const rest = firing.length - mostAlerts;
    if (rest > 0)
      notices.set("alerts", {
        severity: firing[mostAlerts].severity,
        text: `${plural(rest, "more alert")} fire${rest === 1 ? "s" : ""}.`,
        link: ["/alerts", "Alerts"],
        since: null,
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

/** Whether somebody takes care of it, or nobody wants to hear of it. */
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
  );
}

function fill(element, notice) {
  setAttribute(element, "data-severity", notice.severity);
  setText(element.querySelector("span"), visible(notice.text));
  element.querySelector("time").hidden = notice.since == null;
  setAgo(element.querySelector("time"), notice.since);
}
