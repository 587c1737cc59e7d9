// Light, dark, or the system's theme; stored in the browser.
const key = "ingest-theme";
const listeners = new Set();

export function current() {
  return document.documentElement.dataset.theme ?? "auto";
}

export function isDark() {
  const theme = current();
  return theme === "auto" ? matchMedia("(prefers-color-scheme: dark)").matches : theme === "dark";
}

export function set(theme) {
  if (theme === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  try {
    if (theme === "auto") localStorage.removeItem(key);
    else localStorage.setItem(key, theme);
  } catch {
    // for this page only, then
  }
  changed();
}

export function toggle() {
  set(isDark() ? "light" : "dark");
}

/** Calls back after each change, until the returned function is called. */
export function onChange(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function changed() {
  for (const listener of listeners) listener();
}

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", changed);

/** The colour that a custom property stands for now, as the canvas needs it. */
export function color(name) {
  const probe = document.createElement("span");
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const value = getComputedStyle(probe).color;
  probe.remove();
  return value;
}
