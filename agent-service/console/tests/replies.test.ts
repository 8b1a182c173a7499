/** Canned replies: what a search finds, how one is filled in, and how it goes into the field. */
import type { CannedReply } from "@prek/wire";
import { describe, expect, test } from "vitest";
import {
  beginsSearch,
  filled,
  inserted,
  joined,
  Replies,
  stepped,
  textIn,
  unfilled,
  valuesFor,
} from "../src/replies";
import { DIRECTORY, owned } from "./sample";
import { pick, seeded } from "./world";

const reply = (id: string, more: Partial<CannedReply> = {}): CannedReply => ({
  id,
  department: null,
  title: id,
  text: { nb: `Tekst ${id}` },
  words: [],
  ...more,
});
const ids = (found: readonly CannedReply[]) => found.map(({ id }) => id);
const searched = (replies: readonly CannedReply[], search: string, departments = ["front"]) =>
  ids(new Replies(replies, departments, "nb").find(search));

describe("a search", () => {
  const hours = reply("hours", { title: "Åpningstider", words: ["når", "stengt"] });
  const snow = reply("snow", { title: "Brøyting om natta", text: { nb: "Vi brøyter før klokka 7." } });
  const late = reply("late", { title: "Sen brøyting", text: { nb: "Beklager at det er stengt." } });

  test("looks in title, search words and text, whatever the case", () => {
    expect(searched([hours, snow, late], "ÅPNING")).toEqual(["hours"]);
    expect(searched([hours, snow, late], "når")).toEqual(["hours"]);
    expect(searched([hours, snow, late], "klokka")).toEqual(["snow"]);
    expect(searched([hours, snow, late], "xyz")).toEqual([]);
  });

  test("puts a title before search words, and those before the text", () => {
    expect(searched([late, hours], "stengt")).toEqual(["hours", "late"]);
    expect(searched([late, snow], "brøyting")).toEqual(["snow", "late"]);
  });

  test("wants every word, and with none shows all as they stand", () => {
    expect(searched([hours, snow, late], "brøyting natta")).toEqual(["snow"]);
    expect(searched([late, hours], "  ")).toEqual(["late", "hours"]);
  });

  test("finds letters written as one sign or as two", () => {
    expect(searched([hours], "a\u030apning")).toEqual(["hours"]);
  });

  test("shows those of the own departments and those for all, and no others", () => {
    const all = [reply("all"), reply("front", { department: "front" }), reply("roads", { department: "roads" })];

    expect(searched(all, "")).toEqual(["all", "front"]);
    expect(searched(all, "", ["front", "roads"])).toEqual(["all", "front", "roads"]);
    expect(searched(all, "", [])).toEqual(["all"]);
  });

  test("finds exactly those that hold every word, in five hundred as soon as in five", () => {
    const chance = seeded(7);
    const stock = ["snø", "vei", "vann", "skole", "barn", "søppel", "hund", "lys"];
    const some = () => Array.from({ length: 3 }, () => pick(chance, stock)).join(" ");
    const many = Array.from({ length: 500 }, (_, n) =>
      reply(`r${n}`, { title: some(), words: [some()], text: { nb: some() } }),
    );
    const replies = new Replies(many, [], "nb");
    const began = performance.now();
    for (let turn = 0; turn < 200; turn += 1) {
      const asked = [pick(chance, stock), pick(chance, stock)];
      const naive = many.filter(({ title, words, text }) =>
        asked.every((word) => `${title} ${words.join(" ")} ${text.nb}`.includes(word)),
      );

      expect(new Set(ids(replies.find(asked.join(" "))))).toEqual(new Set(ids(naive)));
    }
    // A key is answered within a frame (16 ms) with much to spare.
    expect((performance.now() - began) / 200).toBeLessThan(16);
  });
});

describe("a reply", () => {
  const summary = owned("0192-abcdef", { topic: "snow", department: "roads" });
  const values = valuesFor(summary, DIRECTORY, { name: "Kari", reference: "ABCDEF" });
  const words = (text: string, of = values) => joined(filled(text, of));

  test("is in the citizen's language, and in bokmål where it is not written in it", () => {
    const both = reply("a", { text: { nb: "Hei", en: "Hello" } });

    expect([textIn(both, "en"), textIn(both, "se")]).toEqual(["Hello", "Hei"]);
  });

  test("is filled in with who, where, what and which", () => {
    expect(words("{agent}, {department}: {topic} ({reference})")).toBe("Kari, Vei: Brøyting (ABCDEF)");
  });

  test("keeps what nobody knows, and marks it", () => {
    const bare = valuesFor(owned("b"), DIRECTORY, { name: "Kari", reference: "B" });

    expect(filled("Om {topic}: {hvem}?", bare)).toEqual([
      { text: "Om ", unknown: false },
      { text: "{topic}", unknown: true },
      { text: ": ", unknown: false },
      { text: "{hvem}", unknown: true },
      { text: "?", unknown: false },
    ]);
    expect(words("{constructor} {opens}")).toBe("{constructor} {opens}");
  });

  test("is filled in once: a name with braces in it is a name", () => {
    expect(words("{agent}", { agent: "{topic}", topic: "Snø" })).toBe("{topic}");
  });

  test("that is left unfilled is noticed before it is sent", () => {
    expect(unfilled("Hei {navn}, om {topic} og {navn}.")).toEqual(["{navn}", "{topic}"]);
    expect(unfilled("Mengden { 1, 2 } er liten.")).toEqual([]);
  });
});

test.each([
  ["", true],
  ["Hei ", true],
  ["Hei\n", true],
  ["og", false],
  ["https:/", false],
])("a slash after %j begins a search: %s", (before, begins) => {
  expect(beginsSearch(before)).toBe(begins);
});

test("words go in where the caret is, in the place of what is marked", () => {
  expect(inserted("ab", { from: 1, to: 1 }, "XY")).toEqual({ text: "aXYb", caret: 3 });
  expect(inserted("abcd", { from: 1, to: 3 }, "X")).toEqual({ text: "aXd", caret: 2 });
  // The text was sent meanwhile.
  expect(inserted("", { from: 9, to: 9 }, "X")).toEqual({ text: "X", caret: 1 });
});

test("the arrows go round and round", () => {
  expect([stepped(0, -1, 3), stepped(2, 1, 3), stepped(0, 1, 3), stepped(0, 1, 0)]).toEqual([2, 0, 1, 0]);
});
