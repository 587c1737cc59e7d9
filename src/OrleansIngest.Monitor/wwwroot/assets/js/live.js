// One stream of server-sent events for all pages. It reconnects automatically and reports its state.
import { url } from "./api.js";

const silence = 20_000; // ms without any event: the server sends one per second
const firstRetry = 1000;
const longestRetry = 10_000;
const topics = ["overview", "files", "alert"];
const listeners = new Map(topics.map((topic) => [topic, new Set()]));
const stateListeners = new Set();
const last = new Map();

let source = null;
let state = "connecting"; // connecting, live, lost
let retry = firstRetry;
let retryTimer = 0;
let lastEvent = 0;

/** Calls back with each event of a topic, and at once with the newest known one. */
export function on(topic, listener) {
  listeners.get(topic).add(listener);
  if (last.has(topic)) listener(last.get(topic));
  return () => listeners.get(topic).delete(listener);
}

export function latest(topic) {
  return last.get(topic);
}

/** Calls back with the state now and after each change. */
export function onState(listener) {
  stateListeners.add(listener);
  listener(state);
  return () => stateListeners.delete(listener);
}

/** Opens or reopens the stream (after a sign-in, for example). */
export function start() {
  clearTimeout(retryTimer);
  source?.close();
  source = new EventSource(url("/live", { topics: "overview,files,alert" }));
  source.addEventListener("open", heard);
  for (const topic of topics) source.addEventListener(topic, (event) => receive(topic, event));
  source.addEventListener("error", () => {
    setState("lost");
    // After an error response the browser does not reconnect.
    if (source.readyState === EventSource.CLOSED) startLater();
  });
}

function receive(topic, event) {
  heard();
  let data;
  try {
    data = JSON.parse(event.data);
  } catch {
    return; // a truncated event of a stopping server
  }
  if (topic !== "alert") last.set(topic, data);
  for (const listener of listeners.get(topic)) listener(data);
}

function heard() {
  lastEvent = Date.now();
  retry = firstRetry;
  setState("live");
}

function startLater() {
  clearTimeout(retryTimer);
  retryTimer = setTimeout(start, retry);
  retry = Math.min(retry * 2, longestRetry);
}

function setState(next) {
  if (next === state) return;
  state = next;
  for (const listener of stateListeners) listener(state);
}

setInterval(() => {
  if (state === "live" && Date.now() - lastEvent > silence) {
    setState("lost"); // a dead connection that was not closed
    start();
  }
}, 2000);

// After a laptop wakes up, reconnect at once.
addEventListener("online", () => state === "lost" && start());
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && state === "lost" && start());
