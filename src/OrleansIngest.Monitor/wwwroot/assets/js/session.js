// The session: the rights of this browser, the token from the address bar, sign-in and sign-out.
import * as api from "./api.js";

const listeners = new Set();
export let about = null;

export function onAbout(listener) {
  listeners.add(listener);
  if (about) listener(about);
  return () => listeners.delete(listener);
}

export async function refresh() {
  about = await api.get("/about");
  for (const listener of listeners) listener(about);
  return about;
}

export async function signIn(token) {
  await api.post("/session", { token });
  return refresh();
}

export async function signOut() {
  await api.remove("/session");
  return refresh();
}

/** `http://host/#token=…`, as the program prints it: used once, and removed from the address bar first.
 * Returns whether there was one. */
export async function takeTokenFromAddress() {
  const match = /^#token=(.+)$/.exec(location.hash);
  if (!match) return false;
  history.replaceState(history.state, "", location.pathname + location.search);
  await signIn(decoded(match[1]));
  return true;
}

/** A token with a % that escapes nothing stands for itself. */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
