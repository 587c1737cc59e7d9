// node bench/paint.mjs URL [RUNS]: when a browser paints each page of a monitor, milliseconds from the start of the navigation;
// medians (worst) of RUNS (7).
// first  the first contentful paint: frame, heading and grey shapes
// data   the frame in which the page has its data, and no grey shape any more
// api    the slowest answer that the page waited for
// Each run has an empty cache; `again` is the same page in the same browser, whose cache is full. INGEST_CHROMIUM
// (/usr/bin/chromium).
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const [site, runs = "7"] = process.argv.slice(2);
const profile = mkdtempSync(join(tmpdir(), "ingest-paint-"));
const browser = spawn(
  process.env.INGEST_CHROMIUM ?? "/usr/bin/chromium",
  ["--headless=new", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe", `--user-data-dir=${profile}`, "about:blank"],
  { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] },
);
let number = 0;
const waiting = new Map();
let heard = "";
browser.stdio[4].on("data", (data) => {
  heard += data;
  for (let end; (end = heard.indexOf("\0")) >= 0; heard = heard.slice(end + 1)) {
    const message = JSON.parse(heard.slice(0, end));
    const answer = waiting.get(message.id);
    waiting.delete(message.id);
    if (message.error) answer?.[1](new Error(message.error.message));
    else answer?.[0](message.result);
  }
});

function send(method, params = {}, sessionId = undefined) {
  const id = ++number;
  browser.stdio[3].write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
  return new Promise((...both) => waiting.set(id, both));
}

const watch = `(() => {
  const look = () => {
    const main = document.querySelector("main .page");
    if (main && main.querySelector("h1") && !main.querySelector(".skeleton"))
      requestAnimationFrame(() => (window.shownAt = performance.now()));
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})()`;
const read = `window.shownAt && JSON.stringify({
  first: performance.getEntriesByName("first-contentful-paint")[0]?.startTime,
  data: window.shownAt,
  api: Math.max(0, ...performance.getEntriesByType("resource")
    .filter((e) => e.name.includes("/api/") && !e.name.includes("/live") && e.responseEnd <= window.shownAt)
    .map((e) => e.duration)),
})`;

async function visit(session, path) {
  await send("Page.navigate", { url: site + path }, session);
  for (let tries = 0; tries < 3000; tries++) {
    const { result } = await send("Runtime.evaluate", { expression: read }, session);
    if (result.value) return JSON.parse(result.value);
    await new Promise((done) => setTimeout(done, 10));
  }
  throw new Error(`${path} shows no data`);
}

async function once(path) {
  const { browserContextId } = await send("Target.createBrowserContext");
  const { targetId } = await send("Target.createTarget", { url: "about:blank", browserContextId });
  const { sessionId } = await send("Target.attachToTarget", { targetId, flatten: true });
  await send("Page.enable", {}, sessionId);
  await send("Emulation.setDeviceMetricsOverride", { width: 1440, height: 900, deviceScaleFactor: 1, mobile: false }, sessionId);
  await send("Page.addScriptToEvaluateOnNewDocument", { source: watch }, sessionId);
  const cold = await visit(sessionId, path);
  await send("Page.navigate", { url: "about:blank" }, sessionId);
  const warm = await visit(sessionId, path);
  await send("Target.disposeBrowserContext", { browserContextId });
  return { first: cold.first, data: cold.data, api: cold.api, again: warm.first, "again, data": warm.data };
}

const get = async (path) => (await fetch(site + path)).json();
const file = (await get("/api/v1/files?status=quarantined&limit=1")).items[0] ?? (await get("/api/v1/files?limit=1")).items[0];
const node = (await get("/api/v1/nodes")).items[0];
const pipeline = (await get("/api/v1/pipelines")).items[0];
const pages = [
  "/",
  pipeline && `/pipelines/${pipeline.name}`,
  "/files",
  "/files?status=quarantined",
  "/files?status=loaded-with-rejects%2Call-rejected",
  file && `/files/${file.id}`,
  "/rejects",
  "/rejects?view=records",
  "/nodes",
  node && `/nodes/${node.node}`,
  "/alerts",
  "/history",
  "/configuration",
].filter(Boolean);
try {
  await once("/"); // the server's and the browser's own first time
  for (const path of pages) {
    const all = [];
    for (let run = 0; run < Number(runs); run++) all.push(await once(path));
    const shown = Object.keys(all[0]).map((key) => {
      const values = all.map((one) => one[key] ?? 0).sort((a, b) => a - b);
      return `${key} ${values[Math.floor(values.length / 2)].toFixed(0).padStart(5)} (${values.at(-1).toFixed(0)})`;
    });
    console.log(`${path.slice(0, 44).padEnd(44)} ${shown.join("   ")}`);
  }
} finally {
  browser.kill();
  await new Promise((done) => browser.on("exit", done));
  rmSync(profile, { recursive: true, force: true });
}
