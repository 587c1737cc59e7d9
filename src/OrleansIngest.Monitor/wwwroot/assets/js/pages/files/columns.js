// The columns of the list of files.
import { copy } from "../../components/copy.js";
import { isUpload } from "../../components/dropped.js";
import { elided, folderOf, setElided } from "../../components/elided.js";
import { actionItems } from "../../components/file-actions.js";
import { menu } from "../../components/menu.js";
import { progress } from "../../components/progress.js";
import { badge, setBadge } from "../../components/status.js";
import { textColumn } from "../../components/table.js";
import { setAgo } from "../../components/time.js";
import { toast } from "../../components/toast.js";
import { h, replace, setText } from "../../dom.js";
import { bytes, duration, number } from "../../format.js";
import { visible } from "../../visible.js";

/** `changed(row)` is called with the new row of a file that an action changed, or with null. */
export function columns(changed) {
  return [
    {
      key: "name",
      label: "File",
      sort: "path",
      create: () =>
        h(
          "span",
          { class: "file-name" },
          h("a", {}, elided("")),
          h("span", { class: "file-place" }, h("span", { class: "file-facts" }), elided("", "file-folder")),
        ),
      fill(node, file) {
        const link = node.querySelector("a");
        link.setAttribute("href", `/files/${file.id}`);
        setElided(link.firstElementChild, file.name);
        link.firstElementChild.title = visible(file.path);
        setText(
          node.querySelector(".file-facts"),
          [file.pipeline, file.version > 1 && `version ${file.version}`].filter(Boolean).join(", "),
        );
        setElided(node.querySelector(".file-folder"), isUpload(file) ? "uploaded" : folderOf(file.path));
      },
    },
    {
      key: "status",
      label: "State",
      create() {
        const bar = progress("Progress");
        const element = h("span", { class: "file-state" }, badge(""), bar.element);
        element.bar = bar;
        return element;
      },
      fill(node, file) {
        const mark = setBadge(node.firstElementChild, file.state);
        mark.title = visible(file.reason ?? file.error) ?? "";
        node.bar.element.hidden = file.status !== "loading";
        node.bar.set(file.progress);
      },
    },
    textColumn("rows", "Rows", (file) => number(file.rowsLoaded), { numeric: true, sort: "rows" }),
    {
      key: "rejected",
      label: "Rejected",
      numeric: true,
      sort: "rejected",
      create: () => h("span", {}),
      fill(node, file) {
        // Those that are open; how many there were is on the file's page.
        const text = number(file.openRejects);
        node.title = file.rowsRejected ? `${number(file.rowsRejected)} when the file was loaded` : "";
        if (node.textContent !== text || !file.openRejects)
          replace(
            node,
            file.openRejects
              ? h("a", { href: `/rejects?fileId=${file.id}&status=open&view=records`, class: "warn-link" }, text)
              : text,
          );
      },
    },
    textColumn("size", "Size", (file) => bytes(file.size), { numeric: true, sort: "size" }),
    textColumn("duration", "Took", (file) => duration(file.durationMs), { numeric: true, sort: "durationMs" }),
    {
      key: "discovered",
      label: "Discovered",
      sort: "discoveredAt",
      create: () => h("time", { dataset: { ago: "" } }),
      fill: (node, file) => setAgo(node, file.discoveredAt),
    },
    {
      key: "actions",
      label: "Actions",
      hideLabel: true,
      create() {
        const holder = h("span", {});
        holder.append(menu("Actions", () => [...actionItems(holder.file, changed), copyItem(holder.file)]));
        return holder;
      },
      fill(node, file) {
        node.file = file;
      },
    },
  ];
}

function copyItem(file) {
  return {
    label: "Copy path",
    symbol: "copy",
    run: async () => {
      await copy(file.path);
      toast("Copied");
    },
  };
}
