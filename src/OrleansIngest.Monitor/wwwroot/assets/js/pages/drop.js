// Inspects a dropped file, loads it once, or makes a pipeline for such files.
import * as api from "../api.js";
import { columnsCard } from "../components/dropcolumns.js";
import { dropLoad, isUnderWay } from "../components/dropload.js";
import { readingForm } from "../components/dropreading.js";
import { checkResult, earlierLoads, fileCard, recordsCard } from "../components/dropreport.js";
import { dropZone } from "../components/dropzone.js";
import { icon } from "../components/icons.js";
import { makePipeline } from "../components/pipelinemaker.js";
import { progress } from "../components/progress.js";
import { askForToken, mayAct } from "../components/signin.js";
import { errorState, skeleton } from "../components/states.js";
import { toast } from "../components/toast.js";
import { h, replace, setText } from "../dom.js";
import { bytes, plural } from "../format.js";
import * as live from "../live.js";
import { getQuery, go, setQuery } from "../router.js";
import { visible, visibleLines } from "../visible.js";
import { ending, heading } from "./page.js";

export const title = "Drop a file";

export function mount(root) {
  const end = ending();
  const zone = dropZone({ chosen: send, named: open });
  const box = h("div", { class: "stack" });
  replace(
    root,
    heading("Drop a file", "Inspect a file, load it once, or create a pipeline for files like it."),
    h("div", { class: "stack" }, zone.element, box),
  );
  let most = Infinity;
  let visit = 0;
  const started = getQuery().id;
  api.get("/drops").then(
    (list) => {
      most = list.maxUploadBytes;
      zone.setLimit(most);
      const known = list.items.find((drop) => drop.id === started);
      if (known) show(known);
      else if (started) gone();
    },
    (failure) => failed(failure),
  );
  return end;

  function failed(failure) {
    if (!end.isOver()) replace(box, h("section", { class: "card" }, errorState(failure)));
  }

  function gone() {
    setQuery({}, { replace: true });
    replace(
      box,
      h(
        "section",
        { class: "card" },
        h(
          "p",
          {},
          "This upload no longer exists: it was discarded, it expired, or the program was restarted. Drop the file again.",
        ),
      ),
    );
  }

  async function send(file) {
    if (file.size > most)
      return void toast(
        `The file has ${bytes(file.size)}, but an upload is limited to ${bytes(most)}. Enter its path instead, or use ` +
          `ingest load.`,
        "bad",
      );
    if (!(await mayAct())) return;
    const mine = ++visit;
    const stop = new AbortController();
    const bar = progress("Upload");
    const cancel = h("button", { type: "button", class: "button", on: { click: () => stop.abort() } }, "Cancel");
    end.add(() => stop.abort());
    bar.set(0);
    setQuery({}, { replace: true });
    replace(
      box,
      h(
        "section",
        { class: "card" },
        h("div", { class: "card-head" }, h("h2", {}, "Uploading ", h("bdi", {}, visible(file.name, 120))), bar.element),
        cancel,
      ),
    );
    await take(mine, () =>
      import("../components/upload.js").then(({ upload }) => upload(file, (share) => bar.set(share), stop.signal)),
    );
  }

  async function open(path) {
    if (!(await mayAct())) return;
    await take(++visit, () => api.post("/drops/path", { path }));
  }

  async function take(mine, bring) {
    try {
      const drop = await bring();
      if (mine === visit && !end.isOver()) show(drop);
    } catch (failure) {
      if (mine !== visit || end.isOver()) return;
      if (failure.name === "AbortError") return replace(box);
      fail(failure);
    }
  }

  function fail(failure, again = null) {
    if (!(failure instanceof api.ApiError)) throw failure;
    const texts = Object.entries(failure.errors).map(([key, list]) => `${key} ${list.join("; ")}`);
    replace(
      box,
      h(
        "section",
        { class: "card" },
        errorState(texts.length ? { title: failure.title, detail: `The ${texts.join("; ")}.` } : failure, again),
      ),
    );
  }

  function show(drop) {
    setQuery({ id: drop.id }, { replace: true });
    if (drop.state === "ready") return look(drop, {});
    const load = dropLoad(end, drop, () => {});
    replace(box, load.element, drop.state === "failed" && again(drop));
    if (isUnderWay(drop)) load.element.scrollIntoView({ block: "nearest" });
  }

  function again(drop) {
    return h(
      "p",
      {},
      h(
        "button",
        { type: "button", class: "button", on: { click: () => look(drop, { table: drop.table }) } },
        icon("retry"),
        "Inspect the file again",
      ),
    );
  }

  /** Inspects the file and checks a load into the table. */
  async function look(drop, words) {
    const mine = ++visit;
    if (!box.querySelector(".drop-table")) replace(box, skeleton(3, "card"));
    try {
      if (!(await mayAct())) return replace(box);
      const report = await api.post(`/drops/${encodeURIComponent(drop.id)}/check`, words);
      if (mine === visit && !end.isOver()) draw(report, words);
    } catch (failure) {
      if (mine !== visit || end.isOver()) return;
      if (failure.needsToken && (await askForToken())) return look(drop, words);
      if (failure.notFound) return gone();
      if (failure.errors?.table && box.querySelector(".drop-table")) {
        const problem = box.querySelector(".drop-table .form-error");
        problem.hidden = false;
        return setText(problem, `The name ${failure.errors.table.join("; ")}.`);
      }
      fail(failure, () => look(drop, { table: words.table }));
    }
  }

  function draw(report, words) {
    const { drop } = report;
    const focused = document.activeElement?.id;
    const discard = h(
      "button",
      {
        type: "button",
        class: "button",
        on: {
          click: async () => {
            await api.remove(`/drops/${encodeURIComponent(drop.id)}`).catch((failure) => toast(failure.message, "bad"));
            setQuery({}, { replace: true });
            replace(box);
          },
        },
      },
      icon("remove"),
      drop.isUpload ? "Discard the upload" : "Close",
    );
    const change = (some) => look(drop, { ...words, ...some });
    const columns = columnsCard(report, {
      chosen: words.columns ?? {},
      choose(field, column) {
        const { [`#${field}`]: _, ...rest } = words.columns ?? {};
        change({ columns: column ? { ...rest, [`#${field}`]: column } : rest });
      },
      read: (csv) => change({ csv: { ...words.csv, ...csv } }),
    });
    const reading = report.format === "csv" && readingForm(report, words.csv, (csv) => change({ csv }));
    replace(box, tableCard(report, words), fileCard(report, discard, reading), recordsCard(report), columns);
    if (focused) document.getElementById(focused)?.focus();
  }

  function tableCard(report, words) {
    const { drop } = report;
    const name = h("input", { id: "drop-table", class: "input", required: true, autocomplete: "off", spellcheck: "false" });
    name.value = words.table ?? report.table.replace(/^public\./, "");
    const keep = h("input", {
      type: "checkbox",
      id: "drop-origin",
      on: { change: () => look(drop, { ...words, table: name.value.trim(), keepOrigin: keep.checked }) },
    });
    keep.checked = words.keepOrigin !== false;
    const earlier = earlierLoads(report);
    const anyway = h("input", { type: "checkbox", id: "drop-anyway", on: { change: () => (load.disabled = !ready()) } });
    const others = report.loadedBefore.some((file) => !file.pipeline.startsWith("drop-"));
    const ready = () => !report.refusal && (!others || anyway.checked);
    const load = h(
      "button",
      { type: "button", class: "button button-primary", on: { click: act } },
      icon("download"),
      "Load once",
    );
    load.disabled = !ready();

    async function act() {
      load.disabled = true;
      try {
        if (!(await mayAct())) return;
        const choice = { ...words, table: name.value.trim(), keepOrigin: keep.checked, again: anyway.checked };
        show(await api.post(`/drops/${encodeURIComponent(drop.id)}/load`, choice));
      } catch (failure) {
        if (!(failure instanceof api.ApiError)) throw failure;
        toast(failure.detail ?? failure.message, "bad");
      } finally {
        load.disabled = !ready();
      }
    }

    return h(
      "section",
      { class: "card drop-table" },
      h(
        "div",
        { class: "card-head" },
        h("h2", {}, report.exists ? "Table" : "New table"),
        h("span", { class: "muted" }, h("bdi", {}, visible(report.table)), report.exists ? " exists" : " does not exist yet"),
      ),
      h(
        "form",
        {
          class: "drop-path",
          on: {
            submit: (event) => {
              event.preventDefault();
              look(drop, { ...words, table: name.value.trim(), columns: undefined }); // they are those of the table
            },
          },
        },
        h("div", { class: "field" }, h("label", { for: "drop-table" }, "Load into"), name),
        h("button", { type: "submit", class: "button" }, "Use this table"),
      ),
      h("p", { class: "form-error", role: "alert", hidden: true }),
      report.pipeline &&
        h(
          "p",
          { class: "hint" },
          "Columns, rules and values are those of pipeline ",
          h("a", { href: `/pipelines/${encodeURIComponent(report.pipeline)}` }, h("bdi", {}, report.pipeline)),
          ", which loads this table.",
        ),
      report.createTable && [
        h("pre", { class: "sql", tabindex: "0", "aria-label": "CREATE TABLE statement" }, visibleLines(report.createTable)),
        h("p", { class: "check" }, keep, h("label", { for: "drop-origin" }, "Add columns for the file and the line of each row")),
      ],
      checkResult(report),
      earlier,
      earlier && h("p", { class: "check" }, anyway, h("label", { for: "drop-anyway" }, "Load its rows again")),
      h(
        "div",
        { class: "drop-actions" },
        load,
        h(
          "button",
          { type: "button", class: "button", on: { click: () => pipeline(report) } },
          icon("pipeline"),
          "Create a pipeline…",
        ),
        h(
          "span",
          { class: "hint" },
          report.refusal
            ? "The file can be loaded as soon as it fits the table."
            : report.exists && report.check
              ? `${plural(report.check.good, "row")}, all of them or none`
              : "all rows or none",
        ),
      ),
    );
  }

  /** Goes to the page of a new pipeline as soon as a silo has it. */
  function follow(name) {
    const mine = ++visit;
    replace(
      box,
      h(
        "section",
        { class: "card" },
        h("div", { class: "card-head" }, h("h2", {}, "Pipeline ", h("bdi", {}, visible(name)), " is created")),
        h(
          "p",
          { role: "status" },
          "Its page opens when a silo has applied it. If no silo is running, start one with ",
          h("code", {}, "ingest up"),
          ".",
        ),
      ),
    );
    end.add(
      live.on("overview", ({ pipelines }) => {
        if (mine !== visit || end.isOver() || !pipelines.some((one) => one.name === name)) return;
        go(`/pipelines/${encodeURIComponent(name)}`);
      }),
    );
  }

  async function pipeline(report) {
    if (!(await mayAct())) return;
    const made = await makePipeline(report);
    if (made && !end.isOver()) follow(made);
  }
}
