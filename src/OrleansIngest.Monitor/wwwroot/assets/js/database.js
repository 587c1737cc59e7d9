// Which of the configuration's databases these pages show: that of `?database=name` in the address, which every link and request carries on; else the main one.
const parameter = "database";

export function chosen() {
  return new URLSearchParams(location.search).get(parameter);
}

/** The address with the choice in it; one that has a choice of its own stays as it is. */
export function keep(address) {
  const name = chosen();
  if (!name || !address.startsWith("/") || address.startsWith("/assets/")) return address;
  const url = new URL(address, location.origin);
  if (url.searchParams.has(parameter)) return address;
  url.searchParams.set(parameter, name);
  return url.pathname + url.search + url.hash;
}

/** Shows another one, from the overview on: names and numbers of one database mean nothing in another. */
export function choose(name, main) {
  location.assign(name === main ? "/" : `/?${new URLSearchParams({ [parameter]: name })}`);
}
