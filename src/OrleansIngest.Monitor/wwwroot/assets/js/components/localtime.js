// Between instants and the local time that <input type="datetime-local"> holds.

export function toLocal(iso) {
  const date = new Date(iso);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}

export function fromLocal(text) {
  return new Date(text).toISOString();
}
