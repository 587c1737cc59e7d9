// Properties of a pipeline by topic, as docs/configuration.md has them; a test finds one that is missing.
export const groups = [
  ["Files", ["name", "watch", "recursive", "include", "exclude", "matchCase", "listingInterval", "settleTime", "sentinel"]],
  ["Formats", ["format", "csv", "json", "excel", "fixed", "encoding", "compression", "maxDecodedRatio", "maxDecodedBytes"]],
  [
    "Table and columns",
    [
      "database",
      "table",
      "createTable",
      "columns",
      "metadata",
      "compute",
      "rules",
      "missingColumns",
      "extraColumns",
      "rescueColumn",
      "typeChanges",
    ],
  ],
  [
    "Writing",
    [
      "write",
      "key",
      "updateColumns",
      "onlyIfNewer",
      "wholeFile",
      "bulk",
      "maxRejected",
      "maxRejectedPercent",
      "maxRejectedInRow",
    ],
  ],
  ["Repeated and changed files", ["sameContent", "onChange", "onRewrite", "tail", "tailIdle"]],
  ["After the load", ["afterLoad", "archiveTo", "compress", "afterQuarantine", "quarantineTo"]],
  [
    "Speed and retries",
    [
      "lanes",
      "parsers",
      "batchRecords",
      "batchBytes",
      "batchTime",
      "maxRowsPerSecond",
      "maxBytesPerSecond",
      "maxAttempts",
      "maxOwnerDeaths",
      "retryInitialDelay",
      "retryMaxDelay",
    ],
  ],
  ["Alerts and schedules", ["alerts", "expect"]],
];

/** Values by topic: [[title, values]], without empty topics; what no topic knows comes last. */
export function grouped(values) {
  const known = new Set(groups.flatMap(([, names]) => names));
  const rest = Object.keys(values).filter((name) => !known.has(name));
  return [...groups, ["Other", rest]]
    .map(([title, names]) => [
      title,
      Object.fromEntries(names.filter((name) => name in values).map((name) => [name, values[name]])),
    ])
    .filter(([, some]) => Object.keys(some).length > 0);
}
