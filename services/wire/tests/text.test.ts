import { expect, test } from "vitest";
import { checkText, linkify } from "../src";

/** A title for a text that may be long or unprintable. */
const titled = (text: string) => JSON.stringify(text.slice(0, 12)) + ` (${text.length})`;

test.each(
  [
    ["", "text_blank"],
    [" \n\t\u00a0\u2003\u3000\u0085\u001c", "text_blank"],
    ["a\0b", "text_has_nul"],
    ["a\ud800b", "text_has_lone_surrogate"],
    ["x".repeat(8193), "text_too_long"],
    ["ø".repeat(4097), "text_too_long"],
  ].map(([text = "", code]) => [titled(text), text, code] as const),
)("refused: %s", (_, text, code) => expect(checkText(text)).toBe(code));

test.each(
  ["a", "\ufeff", "\u200b", "😀", "x".repeat(8192), "ø".repeat(4096)].map(
    (text) => [titled(text), text] as const,
  ),
)("allowed: %s", (_, text) => expect(checkText(text)).toBeNull());

const hrefs = (text: string) =>
  linkify(text).flatMap((segment) => (segment.kind === "link" ? [segment.href] : []));

test("http, https and mailto become links; a bare domain goes by https", () => {
  expect(hrefs("Se https://www.sarpsborg.com/skole og www.sarpsborg.com.")).toEqual([
    "https://www.sarpsborg.com/skole",
    "https://www.sarpsborg.com",
  ]);
  expect(hrefs("skriv til post@sarpsborg.com")).toEqual(["mailto:post@sarpsborg.com"]);
  expect(hrefs("http://a.no")).toEqual(["http://a.no"]);
});

test.each([
  "javascript:alert(1)",
  "JaVaScRiPt:alert(document.cookie)",
  "data:text/html,<script>alert(1)</script>",
  "ftp://example.com/x",
  "//example.com/x",
  "file:///etc/passwd",
  "https://bank.no@ond.example/",
  "vbscript:msgbox",
])("stays text: %s", (text) => {
  expect(hrefs(text).filter((href) => !/^(https?|mailto):/.test(href))).toEqual([]);
  expect(hrefs(text).some((href) => /@ond/.test(href) && !href.startsWith("mailto"))).toBe(false);
});

test("the pieces put together are the text, unchanged", () => {
  const texts = [
    "",
    "<b>x</b> https://a.no/?q=<script> \u202e moc.a@b.no",
    "a\u200bhttp://ø.no/å",
    "\n\n",
  ];
  for (const text of texts) {
    expect(
      linkify(text)
        .map((segment) => segment.text)
        .join(""),
    ).toBe(text);
  }
});
