// The pages: address, module, and for those of the side bar label, icon and key. PageEndpoints reads address and module here.
export const pages = [
  { path: "/", module: "overview", label: "Overview", symbol: "overview", key: "o" },
  { path: "/files", module: "files", label: "Files", symbol: "files", key: "f" },
  { path: "/rejects", module: "rejects", label: "Rejects", symbol: "rejects", key: "r" },
  { path: "/drop", module: "drop", label: "Drop a file", symbol: "drop", key: "d" },
  { path: "/data", module: "data", label: "Data", symbol: "data", key: "t" },
  { path: "/nodes", module: "nodes", label: "Nodes", symbol: "nodes", key: "n" },
  { path: "/alerts", module: "alerts", label: "Alerts", symbol: "bell", key: "a" },
  { path: "/history", module: "history", label: "History", symbol: "history", key: "h" },
  { path: "/configuration", module: "configuration", label: "Configuration", symbol: "configuration", key: "c" },
  { path: "/pipelines/{name}", module: "pipeline" },
  { path: "/files/{id}", module: "file" },
  { path: "/nodes/{name}", module: "node" },
];

/** The pages of the side bar. */
export const places = pages.filter(({ label }) => label);
