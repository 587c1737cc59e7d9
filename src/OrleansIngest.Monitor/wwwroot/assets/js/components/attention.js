// Open items (quarantined files, rejects) as links in the colour of the worst.
import { h, replace, setAttribute } from "../dom.js";
import { plural } from "../format.js";
import * as live from "../live.js";
import { statusTone } from "./status.js";

const levels = { critical: "bad", warning: "warn" };
const order = ["bad", "warn", "accent", "good"];

/** The colour of what is open; null when nothing is. */
export const attentionTone = (attention) => levels[attention?.level] ?? null;

/** The worse of a state's colour and that of what is open. */
export function worstTone(status, attention) {
  const tones = [statusTone(status), attentionTone(attention)];
  return order.find((tone) => tones.includes(tone)) ?? "quiet";
}

/** Fills an element with the Attention of the contract; hidden when nothing is open. `pipeline`: links lead to its files only. */
export function showAttention(element, attention, pipeline = null) {
  const shown = attention?.text ?? "";
  setAttribute(element, "data-tone", attentionTone(attention));
  element.hidden = !shown;
  if (element.dataset.shown === shown) return element; // focus stays on its links
  element.dataset.shown = shown;
  const of = pipeline ? `&pipeline=${encodeURIComponent(pipeline)}` : "";
  // Those of a file whose records were all rejected are counted with the file.
  const others = Math.max(0, (attention?.openRejects ?? 0) - (attention?.rejectsOfThose ?? 0));
  const rejects = attention?.filesAllRejected ? "other open reject" : "open reject";
  const parts = [
    [attention?.filesQuarantined, `/files?status=quarantined${of}`, (count) => `${plural(count, "file")} quarantined`],
    [
      attention?.filesAllRejected,
      `/files?status=all-rejected${of}`,
      (count) => `${plural(count, "file")} with every record rejected`,
    ],
    [attention?.filesFailed, `/files?status=failed${of}`, (count) => `${plural(count, "file")} failed`],
    [others, `/rejects?status=open${of}`, (count) => plural(count, rejects)],
  ];
  return replace(
    element,
    parts.filter(([count]) => count > 0).map(([count, href, text], at) => [at > 0 && " · ", h("a", { href }, text(count))]),
  );
}

/** Calls `run` when open rejects were replayed, ignored or reopened, which changes the states of files. */
export function onRejectsClosed(run) {
  let before = null;
  return live.on("overview", ({ totals }) => {
    const now = totals?.openRejects ?? 0;
    if (before !== null && now < before) run();
    before = now;
  });
}
