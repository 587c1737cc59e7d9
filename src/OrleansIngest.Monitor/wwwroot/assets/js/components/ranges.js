// Ranges of time that end now.
export const ranges = [
  ["60", "1 min"],
  ["300", "5 min"],
  ["900", "15 min"],
  ["3600", "1 h"],
  ["21600", "6 h"],
  ["86400", "24 h"],
  ["604800", "7 d"],
  ["2592000", "30 d"],
];

/** The last `seconds` as parameters for the server. */
export function lastSeconds(seconds, now = Date.now()) {
  return { from: new Date(now - seconds * 1000).toISOString(), to: new Date(now).toISOString() };
}
