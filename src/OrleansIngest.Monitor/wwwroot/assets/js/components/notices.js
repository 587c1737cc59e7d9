// Notices of every page: the connection is lost, the database is unavailable, an alert fires. The overview and the page
// Alerts list alerts themselves; the page of a pipeline or of a file shows no alert of another pipeline.
import { h, reconcile, setAttribute, setText } from "../dom.js";
import * as live from "../live.js";
import * as router from "../router.js";
import { icon } from "./icons.js";
import { plural } from "../format.js";
import { setAgo } from "./time.js";
import { toast } from "./toast.js";
import { visible } from "../visible.js";

const notices = new Map(); // key → { severity, text, link, since }
let firing = []; // alerts, the most important first
let subject = null; // the pipeline of the page's file

/** The pipeline that the page is about, if its address does not tell. */
export function showAlertsOf(pipeline) {
  subject = pipeline;
  draw();
}

function draw() {
  const shown = [...notices].map(([key, value]) => ({ key, ...value }));
  reconcile(document.getElementById("notices"), [...shown, ...alertNotice()], (notice) => notice.key, create, fill);
}

/** One alert; the others are counted in its line. */
function alertNotice() {
  if (["/", "/alerts"].includes(location.pathname)) return [];
  const [, kind, name] = location.pathname.match(/^\/(pipelines|files)\/([^/]+)$/) ?? [];
  const asked = new URLSearchParams(location.search).get("pipeline");
  const about = kind === "pipelines" ? decodeURIComponent(name) : (asked ?? subject);
  const isOfPage = ({ pipeline }) => !pipeline || pipeline === about;
  const alert = firing.find(kind || about ? isOfPage : () => true);
  if (!alert) return [];
  return [
    {
      key: `alert ${alert.id}`,
      severity: alert.severity,
      text: alert.message,
      link: alertLink(alert),
      more: firing.length - 1,
      since: alert.firedAt,
    },
  ];
}

export function start() {
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
    firing = (overview.alerts ?? []).filter(
      (alert) => !alert.resolvedAt && !isQuiet(alert) && !(away && alert.rule === "database-away"),
    );
    draw();
  });
  router.onNavigate(() => showAlertsOf(null));
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
