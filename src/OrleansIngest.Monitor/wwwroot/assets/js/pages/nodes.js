// Every process that loads into this database, and its present work.
import * as api from "../api.js";
import { keep } from "../database.js";
import { icon } from "../components/icons.js";
import { meter } from "../components/meter.js";
import { emptyState, skeleton } from "../components/states.js";
import { stat, stats } from "../components/stat.js";
import { badge, setBadge } from "../components/status.js";
import { table, textColumn } from "../components/table.js";
import { setAgo } from "../components/time.js";
import { h, replace, setAttribute, setText } from "../dom.js";
import { bytes, bytesParts, duration, number, plural, rate } from "../format.js";
import * as session from "../session.js";
import { ending, heading, loader } from "./page.js";

export const title = "Nodes";

export function mount(root) {
  const end = ending();
  const tiles = {
    alive: stat("Alive"),
    cores: stat("Cores"),
    memory: stat("Memory in use"),
    files: stat("Files in flight"),
    rows: stat("Rows per second"),
  };
  const box = h("div", { class: "card list-card" }, skeleton(4));
  const list = table({ caption: "Nodes", columns, keyOf: (node) => node.node, className: "nodes-table" });
  const cluster = h("a", { class: "button", href: "/cluster", hidden: true }, icon("external"), "Orleans Dashboard");
  end.add(
    session.onAbout((about) => {
      cluster.hidden = !about.links?.cluster;
    }),
  );
  const together = h("section", { class: "card", "aria-label": "All nodes together" }, stats(Object.values(tiles)));
  replace(
    root,
    heading(
      "Nodes",
      "Every process that loads into this database. When a node dies, other nodes continue its files after its last commit.",
      [cluster],
    ),
    h("div", { class: "stack" }, together, box),
  );

  const load = loader(
    end,
    box,
    (signal) => api.get("/nodes", {}, signal),
    ({ items }) => {
      const alive = items.filter((node) => node.state === "alive" || node.state === "draining");
      const sum = (key) => alive.reduce((total, node) => total + (node[key] ?? 0), 0);
      // Nodes of one machine share its processors and memory.
      const shared = (key, whole) => {
        const machines = Object.values(Object.groupBy(alive, (node) => node.machine));
        const sumOf = (nodes) => nodes.reduce((total, node) => total + (node[key] ?? 0), 0);
        return machines.reduce(
          (total, nodes) => total + Math.min(sumOf(nodes), Math.max(...nodes.map((node) => node[whole]))),
          0,
        );
      };
      const silent = items.filter((node) => node.state === "silent").length;
      const draining = items.filter((node) => node.state === "draining").length;
      const dead = items.filter((node) => node.state === "dead").length;
      tiles.alive.set(
        [number(alive.length), alive.length === 1 ? "node" : "nodes"],
        [draining && `${draining} draining`, silent && `${silent} silent`, dead && `${dead} died in the last 24\u00a0h`]
          .filter(Boolean)
          .join(", ") || "none died in the last 24\u00a0h",
        dead || silent ? "warn" : null,
      );
      tiles.cores.set([number(shared("cores", "machineCores")), "cores"], `${cores(sum("cpuPercent"))} busy`);
      tiles.memory.set(bytesParts(sum("rssBytes")), `of ${bytes(shared("memoryBytes", "machineMemoryBytes"))}`);
      tiles.files.set([number(sum("activeFiles")), "files"], `of at most ${number(sum("capacity"))}`);
      tiles.rows.set([rate(sum("rowsPerSecond")), "rows/s"], "committed or rejected");
      list.set(items);
      together.hidden = items.length === 0;
      replace(
        box,
        items.length
          ? list.element
          : emptyState({
              title: "No node has ever run on this database",
              symbol: "nodes",
              hints: [
                ["Start one: ", h("code", {}, "ingest up")],
                ["To form a cluster, start it again, on this or another machine, with the same ", h("code", {}, "--db"), "."],
              ],
            }),
      );
    },
    { keep: true },
  );
  load();
  end.every(2000, load);
  return end;
}

const columns = [
  {
    key: "node",
    label: "Node",
    create: () =>
      h("span", { class: "file-name" }, h("a", {}, h("bdi", { class: "strong" })), h("span", { class: "file-folder" })),
    fill(node, item) {
      setAttribute(node.firstElementChild, "href", nodeAddress(item.node));
      setText(node.firstElementChild.firstElementChild, item.node);
      setText(node.lastElementChild, `${item.kind} ${item.version} on ${item.host}`);
      node.title = `process ${item.pid} on ${item.host}${item.address ? `, silo at ${item.address}` : ""}`;
    },
  },
  { key: "state", label: "State", create: () => badge(""), fill: (node, item) => setBadge(node, item.state) },
  {
    key: "cpu",
    label: "CPU",
    create: () => meter("CPU"),
    fill: (node, item) =>
      node.set(
        isGone(item) ? null : (item.cpuPercent ?? 0) / (100 * item.cores),
        isGone(item) ? "–" : `${cores(item.cpuPercent)} of ${plural(item.cores, "core")}`,
      ),
  },
  {
    key: "memory",
    label: "Memory",
    create: () => meter("Memory"),
    fill: (node, item) =>
      node.set(
        isGone(item) ? null : item.rssBytes / item.memoryBytes,
        isGone(item) ? "–" : `${bytes(item.rssBytes)} of ${bytes(item.memoryBytes)}`,
      ),
  },
  {
    key: "files",
    label: "Files in flight",
    create: () => meter("Files in flight"),
    fill: (node, item) =>
      node.set(
        isGone(item) ? null : item.activeFiles / item.capacity,
        isGone(item) ? "–" : `${number(item.activeFiles)} of ${number(item.capacity)}, ${plural(item.lanes, "lane")}`,
      ),
  },
  textColumn("rows", "Rows/s", (item) => (isGone(item) ? "–" : rate(item.rowsPerSecond)), { numeric: true }),
  {
    key: "heartbeat",
    label: "Heartbeat",
    create: () => h("time", { dataset: { ago: "" } }),
    fill: (node, item) => setAgo(node, item.heartbeatAt),
  },
  textColumn(
    "up",
    "Uptime",
    (item) =>
      duration(
        Date.parse(item.leftAt ?? (isGone(item) ? item.heartbeatAt : new Date().toISOString())) - Date.parse(item.startedAt),
      ),
    { numeric: true },
  ),
];

/** The page of a node. */
export const nodeAddress = (name) => keep(`/nodes/${encodeURIComponent(name)}`);

/** 195 % of one core are 2 cores. */
export const cores = (percentOfOne) => rate((percentOfOne ?? 0) / 100);
export const isGone = (item) => item.state === "left" || item.state === "dead" || item.state === "silent";
