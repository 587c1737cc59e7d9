// The database that the pages show: `?database=name` of the address, which every link and request keeps; default: the main one.
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

/** Opens the overview of another database. */
export function choose(name, main) {
  location.assign(name === main ? "/" : `/?${new URLSearchParams({ [parameter]: name })}`);
}
