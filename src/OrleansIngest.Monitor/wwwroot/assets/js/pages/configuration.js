// The configuration in force: pipelines, the program's options, the database. The server masks secrets.
import * as api from "../api.js";
import { copyButton } from "../components/copy.js";
import { grouped } from "../components/configgroups.js";
import { icon } from "../components/icons.js";
import { changed, ordered, settings } from "../components/settings.js";
import { emptyState, skeleton } from "../components/states.js";
import { ago } from "../components/time.js";
import { h, replace } from "../dom.js";
import { plural } from "../format.js";
import * as session from "../session.js";
import { ending, heading, loader } from "./page.js";

export const title = "Configuration";

export function mount(root) {
  const end = ending();
  const box = h("div", { class: "stack" }, skeleton(2, "card"));
  const all = h("span", {});
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
      "The configuration in force, from ingest.json, ingest.d, the database, the environment and the command line. " +
        "Passwords are not shown.",
      [all, links],
    ),
    box,
  );

  const load = loader(
    end,
    box,
    (signal) => api.get("/configuration", {}, signal),
    ({ pipelines, ...answer }) => {
      // Those that watch nothing are in no file: their files were dropped, or loaded by a command.
      const lasting = pipelines.filter(({ config }) => config.watch?.length);
      const texts = lasting.map(({ config }) => changed(ordered(config, answer.defaults), answer.defaults));
      replace(all, texts.length > 1 && copyButton("Copy all as ingest.json", () => json(texts)));
      replace(
        box,
        nodes(answer.nodes ?? []),
        lasting.length
          ? lasting.map((pipeline) => card(pipeline, answer.defaults))
          : h(
              "section",
              { class: "card" },
              emptyState({
                title: "No pipeline yet",
                symbol: "pipeline",
                hints: [["", h("code", {}, "ingest init FILE"), " writes a configuration for a file."]],
              }),
            ),
        answer.options &&
          h(
            "section",
            { class: "card" },
            h("div", { class: "card-head" }, h("h2", {}, "This program")),
            settings(answer.options),
          ),
        answer.database &&
          h("section", { class: "card" }, h("div", { class: "card-head" }, h("h2", {}, "Database")), settings(answer.database)),
      );
    },
  );
  load();
  return end;
}

const json = (pipelines) => `${JSON.stringify({ pipelines }, null, 2)}\n`;

/** The properties that are set, and on demand all properties. */
function card(pipeline, defaults) {
  const all = ordered(pipeline.config, defaults);
  const set = changed(all, defaults);
  return h(
    "section",
    { class: "card", dataset: { configuration: pipeline.name } },
    h(
      "div",
      { class: "card-head" },
      h("h2", {}, "Pipeline ", h("a", { href: `/pipelines/${encodeURIComponent(pipeline.name)}` }, h("bdi", {}, pipeline.name))),
      h("span", { class: "muted" }, "as of ", ago(pipeline.updatedAt)),
      copyButton("Copy as ingest.json", () => json([set])),
    ),
    topics(set),
    h(
      "details",
      {},
      h("summary", {}, `All ${plural(Object.keys(all).length, "property", "properties")}, with their defaults`),
      topics(all),
    ),
  );
}

function topics(values) {
  return h(
    "div",
    { class: "setting-groups" },
    grouped(values).map(([title_, some]) => h("section", { class: "setting-group" }, h("h3", {}, title_), settings(some))),
  );
}

/** The configuration that each silo runs, and the reason if it has not applied a newer one. */
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
