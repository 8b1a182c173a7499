/** Splits a text into plain text and links. Only http, https and mailto become links. */
import { LinkifyIt } from "linkify-it";

export type Segment =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "link"; readonly text: string; readonly href: string };

const ALLOWED: ReadonlySet<string> = new Set(["http:", "https:", "mailto:"]);

const finder = new LinkifyIt({ fuzzyLink: true, fuzzyEmail: true, fuzzyIP: false })
  .add("ftp:", null)
  .add("//", null);

/** The address to open, or null for one that must stay text. */
function safeHref(url: string, schema: string): string | null {
  // Found without a scheme: https, because a citizen's click should not go in the clear.
  const address = schema === "" ? url.replace(/^http:/, "https:") : url;
  if (!URL.canParse(address)) return null;
  const parsed = new URL(address);
  // "https://bank.example@evil.example" is a link made to deceive.
  const deceives = parsed.protocol !== "mailto:" && (parsed.username || parsed.password);
  return ALLOWED.has(parsed.protocol) && !deceives ? address : null;
}

/** The text in pieces; the pieces put together are exactly the text. */
export function linkify(text: string): Segment[] {
  const segments: Segment[] = [];
  let from = 0;
  for (const match of finder.match(text) ?? []) {
    const href = safeHref(match.url, match.schema);
    if (href === null) continue;
    if (match.index > from) segments.push({ kind: "text", text: text.slice(from, match.index) });
    segments.push({ kind: "link", text: text.slice(match.index, match.lastIndex), href });
    from = match.lastIndex;
  }
  if (from < text.length) segments.push({ kind: "text", text: text.slice(from) });
  return segments;
}
