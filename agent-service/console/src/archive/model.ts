/** What an archivist writes, read: ids, numbers of questions, and links to copies. */
import type { AccessRequest } from "./asking";

const ID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi;
const RECEIPT = /\b[A-Z]{2}-[0-9A-Z]{4}-[0-9A-Z]{4,}\b/gi;
const LINK = /https?:\/\/\S+/gi;

/** The ids in a text, each once. */
export function idsIn(text: string): string[] {
  return [...new Set((text.match(ID) ?? []).map((id) => id.toLowerCase()))];
}

/** What somebody named in a field where anything may be pasted, one or several to a line. */
export function namedIn(
  text: string,
): Pick<AccessRequest, "conversations" | "receipts" | "links"> {
  const links = [...new Set(text.match(LINK) ?? [])];
  const rest = text.replace(LINK, " ");
  const receipts = [...new Set((rest.match(RECEIPT) ?? []).map((each) => each.toUpperCase()))];
  return { conversations: idsIn(rest), receipts, links };
}

/** The lines of a text that say something. */
export function linesOf(text: string): string[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

/** The part of an error's code that has words of its own, and what stands behind it. */
export function errorOf(error: string): { readonly code: string; readonly detail: string } {
  const [code = "", ...rest] = error.split(":");
  return { code: code.trim(), detail: rest.join(":").trim() };
}
