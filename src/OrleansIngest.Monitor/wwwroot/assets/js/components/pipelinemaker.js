// Makes a pipeline for files like one that was dropped. It is kept in the database; silos apply it within seconds.
import { h } from "../dom.js";
import { openDialog } from "./dialog.js";
import { storePipeline } from "./storedpipeline.js";
import { toast } from "./toast.js";

const field = (id, label, value, more = {}) => {
  const input = h("input", { id, name: id, class: "input", autocomplete: "off", spellcheck: "false", ...more });
  input.value = value;
  return { input, element: h("div", { class: "field" }, h("label", { for: id }, label), input) };
};

/** Gives the pipeline's name when it was made. */
export async function makePipeline(report) {
  const { name, watch, include, ...rest } = report.suggestion;
  const title = field("pipeline-name", "Name", name, {
    required: true,
    pattern: "[a-z0-9_\\-]{1,63}",
    title: "1 to 63 characters, each a-z, 0-9, _ or -",
    "data-autofocus": true,
  });
  const directory = field("pipeline-directory", "Directory to watch, as seen by the silos", watch?.[0] ?? "", {
    required: true,
    placeholder: "/data/in",
  });
  const pattern = field("pipeline-pattern", "Only files with these names", include?.join(" ") ?? "", { placeholder: "*.csv" });
  const made = await openDialog({
    title: "Create a pipeline",
    confirm: "Create the pipeline",
    body: [
      h("p", {}, `Every new file in the directory is loaded into ${report.table}. The pipeline is stored in the database.`),
      title.element,
      directory.element,
      pattern.element,
      h(
        "details",
        {},
        h("summary", {}, "Other settings"),
        h("pre", { class: "sql", tabindex: "0" }, JSON.stringify(rest, null, 2)),
      ),
    ],
    async submit() {
      const patterns = pattern.input.value.split(/\s+/).filter(Boolean);
      const config = { ...rest, watch: [directory.input.value.trim()], ...(patterns.length && { include: patterns }) };
      await storePipeline(title.input.value, config, { after: 0, reason: "Drop a file page" });
      return title.input.value;
    },
  });
  if (made) toast(`Pipeline ${made} is created. Silos apply it within seconds.`);
  return made;
}
