// What is in force: pipelines, the program's options, the database. Secrets are masked by the server.
import * as api from "../api.js";
import { icon } from "../components/icons.js";
import { emptyState, skeleton } from "../components/states.js";
import { ago } from "../components/time.js";
import { h, replace } from "../dom.js";
import * as session from "../session.js";
import { ending, heading, loader } from "./page.js";

export const title = "Configuration";

export function mount(root) {
  const end = ending();
  const box = h("div", { class: "stack" }, skeleton(2, "card"));
  const links = h("span", { class: "export-links" });
  end.add(
    session.onAbout((about) =>
      replace(
        links,
        [
          [about.links?.openapi, "OpenAPI"],
          [about.links?.metrics, "Metrics"],
          [about.links?.cluster, "Orleans Dashboard"],
        ]
          .filter(([href]) => href)
          .map(([href, label]) => h("a", { class: "button", href }, icon("external"), label)),
      ),
    ),
  );
  replace(
    root,
    heading(
      "Configuration",
      "What is in force. It comes from ingest.json, ingest.d, the database, the environment and the command line; passwords are not shown.",
      [links],
    ),
    box,
  );

  const load = loader(
    end,
    box,
    (signal) => api.get("/configuration", {}, signal),
    (answer) =>
      replace(
        box,
        nodes(answer.nodes ?? []),
        answer.pipelines.length
          ? answer.pipelines.map((pipeline) =>
              h(
                "section",
                { class: "card" },
                h(
                  "div",
                  { class: "card-head" },
                  h(
                    "h2",
                    {},
                    "Pipeline ",
                    h("a", { href: `/pipelines/${encodeURIComponent(pipeline.name)}` }, h("bdi", {}, pipeline.name)),
                  ),
                  h("span", { class: "muted" }, "as of ", ago(pipeline.updatedAt)),
                ),
                settings(pipeline.config),
              ),
            )
          : h(
              "section",
              { class: "card" },
              emptyState({
                title: "No pipeline yet",
                symbol: "pipeline",
                hints: [["", h("code", {}, "ingest init FILE"), " writes a configuration that fits a file."]],
              }),
            ),
        answer.options &&
          h("section", { class: "card" }, h("div", { class: "card-head" }, h("h2", {}, "This program")), settings(answer.options)),
        answer.database &&
          h("section", { class: "card" }, h("div", { class: "card-head" }, h("h2", {}, "Database")), settings(answer.database)),
      ),
  );
  load();
  return end;
}

/** What each silo runs, and why it does not run what the files and the database say now. */
function nodes(silos) {
  return silos.map((silo) =>
    h(
      "section",
      { class: "card" },
      h(
        "div",
        { class: "card-head" },
        h("h2", {}, "Silo ", h("bdi", {}, silo.node)),
        h("span", { class: "muted" }, `version ${silo.version}, applied `, ago(silo.appliedAt)),
      ),
      settings({
        ...(silo.problem && { "cannot be applied": silo.problem.split("\n") }),
        ...(silo.restartNeeded.length && { "restart needed": silo.restartNeeded }),
        files: silo.files,
        pipelines: Object.entries(silo.pipelines).map(([name, pipeline]) => `${name}: ${pipeline.from}`),
      }),
    ),
  );
}

/** Names and values, in the order of the configuration; what is nested stays below its name. */
function settings(values) {
  return h(
    "dl",
    { class: "settings" },
    Object.entries(values ?? {}).map(([name, value]) =>
      h("div", { class: "setting" }, h("dt", {}, h("code", {}, name)), h("dd", {}, shown(value))),
    ),
  );
}

function shown(value) {
  if (value === null || value === undefined || value === "") return h("span", { class: "muted" }, "none");
  if (Array.isArray(value))
    return value.length
      ? h(
          "ul",
          { class: "values" },
          value.map((item) =>
            h(
              "li",
              {},
              typeof item === "object" && item !== null
                ? h(
                    "bdi",
                    {},
                    Object.entries(item)
                      .filter(([, part]) => part != null)
                      .map(([name, part]) => `${name} ${part}`)
                      .join(", "),
                  )
                : shown(item),
            ),
          ),
        )
      : h("span", { class: "muted" }, "none");
  if (typeof value === "object") return settings(value);
  return h("bdi", {}, String(value));
}
