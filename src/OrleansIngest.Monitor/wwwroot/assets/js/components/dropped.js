// Files that people dropped belong to pipelines of their own in the ledger, one for each table. They watch no directory, so
// lists of pipelines do not have them; filters offer them after the others.
import { visible } from "../visible.js";

const isDropped = ({ name, watch }) => name.startsWith("drop-") && !watch?.length;

/** The pipelines that load files from directories. */
export const lasting = (pipelines) => pipelines.filter((pipeline) => !isDropped(pipeline));

/** [name, label] pairs for a choice of pipelines. */
export const pipelineChoices = (pipelines) => [
  ...lasting(pipelines).map(({ name }) => [name, visible(name)]),
  ...pipelines.filter(isDropped).map(({ name, table }) => [name, `${visible(table)}, dropped files`]),
];

/** Whether a file was uploaded: its directory is a temporary one, named after its content. */
export const isUpload = ({ pipeline, path }) => pipeline.startsWith("drop-") && /\/[0-9a-f]{64}(\.\d+)?\/[^/]+$/.test(path);
