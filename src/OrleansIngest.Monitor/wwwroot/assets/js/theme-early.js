// Runs before the first paint, so that a chosen theme does not flash the other one. Not a module on purpose: those run late.
try {
  const theme = localStorage.getItem("ingest-theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // storage is forbidden: the system's theme it is
}
