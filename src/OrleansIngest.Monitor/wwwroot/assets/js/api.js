// Requests to /api/v1, and their errors as one class.
import { keep } from "./database.js";

const base = "/api/v1";

export class ApiError extends Error {
  constructor(status, title, detail, errors) {
    super(detail || title);
    this.status = status;
    this.title = title;
    this.detail = detail;
    this.errors = errors ?? {};
  }

  /** No answer: the program is not running, or the network is down. */
  get unreachable() {
    return this.status === 0;
  }
  get databaseAway() {
    return this.status === 503;
  }
  get needsToken() {
    return this.status === 401 || this.status === 403;
  }
  get notFound() {
    return this.status === 404;
  }
}

export function query(parameters) {
  const known = Object.entries(parameters ?? {}).filter(([, value]) => value != null && value !== "");
  return known.length ? `?${new URLSearchParams(known)}` : "";
}

export function url(path, parameters) {
  return keep(base + path + query(parameters));
}

export function get(path, parameters, signal) {
  return request("GET", url(path, parameters), undefined, signal);
}

export function post(path, body) {
  return request("POST", url(path), body ?? {});
}

export function put(path, parameters, body) {
  return request("PUT", url(path, parameters), body);
}

export function remove(path, body, parameters) {
  return request("DELETE", url(path, parameters), body);
}

async function request(method, address, body, signal) {
  let response;
  try {
    response = await fetch(address, {
      method,
      signal,
      credentials: "same-origin",
      // The server requires this header with every change: a form of another site cannot send it.
      headers:
        method === "GET"
          ? { Accept: "application/json" }
          : { Accept: "application/json", "Content-Type": "application/json", "X-Ingest-Request": "1" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch (failure) {
    if (failure.name === "AbortError") throw failure;
    throw new ApiError(
      0,
      "The program is not responding",
      "It may have stopped, or the network is down. This page retries automatically.",
    );
  }
  if (response.status === 204) return null;
  const text = await response.text();
  let json = null;
  try {
    json = text ? JSON.parse(text) : null;
  } catch {
    // not JSON: perhaps a page of a proxy
  }
  if (response.ok) return json;
  throw new ApiError(
    response.status,
    json?.title ?? `The server answered ${response.status}`,
    json?.detail ?? null,
    json?.errors,
  );
}
