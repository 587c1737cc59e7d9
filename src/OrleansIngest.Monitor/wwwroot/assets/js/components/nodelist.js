// Nodes in short: state, load, rows per second. Asked for every two seconds, as often as nodes send their heartbeat.
import * as api from "../api.js";
import { h, reconcile, replace, setText } from "../dom.js";
import { loader } from "../pages/page.js";
import { number, plural, rate, seconds } from "../format.js";
import { skeleton } from "./states.js";
import { badge, setBadge } from "./status.js";

export function nodeList(end) {
  const box = h("div", {}, skeleton(3));
  const list = h("ul", { class: "node-list" });
  const load = loader(
    end,
    box,
    (signal) => api.get("/nodes", {}, signal),
    (nodes) => {
      const items = nodes.items.filter((node) => node.state !== "left").slice(0, 6);
      reconcile(list, items, (node) => node.node, create, fill);
      replace(
        box,
        items.length
          ? list
          : h("p", { class: "hint pad" }, "No node is running on this database. ", h("code", {}, "ingest up"), " starts one."),
      );
    },
    { keep: true },
  );
  load();
  end.every(2000, load);
  return { element: box };
}

function create(node) {
  return h(
    "li",
    { class: "node-item" },
    h("a", { class: "node-item-name", href: `/nodes/${encodeURIComponent(node.node)}` }, h("bdi", {}, node.node)),
    badge(node.state),
    h("span", { class: "node-item-note" }),
  );
}

function fill(row, node) {
  setBadge(row.querySelector(".badge"), node.state);
  setText(
    row.querySelector(".node-item-note"),
    node.state === "dead"
      ? "other nodes continue its files"
      : node.state === "silent"
        ? `no heartbeat for ${seconds(Math.round(node.secondsSinceHeartbeat))}`
        : `${number(node.activeFiles)} of ${plural(node.capacity, "file")}, ${rate(node.rowsPerSecond)} rows/s, ` +
            `${rate((node.cpuPercent ?? 0) / 100)} of ${plural(node.cores, "core")}`,
  );
}
