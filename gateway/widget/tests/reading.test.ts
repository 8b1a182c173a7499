import { expect, test } from "vitest";
import { isCopy, readingOf, type Copy, type CopyEvent } from "../src/answer/reading";
import { ANSWER } from "../src/texts/answer";
import { en } from "../src/texts/en";
import { CITIZEN, event, KARI } from "./sample";

const AGENT = { ...KARI, id: "kari.nordmann" };
const TIME = "2026-11-26T22:23:00Z";

const committed = (
  seq: number,
  body: CopyEvent["body"],
  author = CITIZEN,
  stream = "dialogue",
): CopyEvent => ({ ...event(seq, { kind: "requeued", reason: "no_reply" }), author, stream, body });

const said = (seq: number, text: string, author = CITIZEN, masked = 0) =>
  committed(seq, { kind: "message", text, masked }, author);

const opened = committed(1, {
  kind: "opened",
  topic: "trær",
  department: "servicetorget",
  language: "nb",
});
const promised = (seq: number) =>
  committed(seq, {
    kind: "made_written",
    due_at: "2026-11-27T06:22:00Z",
    receipt: "SA-8PSW-ZAWM",
    answer_by: "email",
    reason: "citizen_asked",
  });
const joined = (seq: number) => committed(seq, { kind: "joined", owner: AGENT }, AGENT);
const closed = (seq: number) => committed(seq, { kind: "closed", reason: "agent" }, AGENT);

const copyOf = (...events: CopyEvent[]): Copy => ({
  format: "prek.transcript.v1",
  municipality: "Sarpsborg",
  events,
});
const reading = (...events: CopyEvent[]) => readingOf(copyOf(...events), "nb");
const words = (rows: readonly { readonly words: string }[]) => rows.map((row) => row.words);

test("the answer, what it answers, and the whole in order", () => {
  const shown = reading(
    opened,
    said(2, "Kan treet felles?"),
    promised(3),
    joined(4),
    said(5, "Begge må si ja.", AGENT),
    closed(6),
  );
  expect(words(shown.answers)).toEqual(["Begge må si ja."]);
  expect(words(shown.question)).toEqual(["Kan treet felles?"]);
  expect(shown.dialogue.map(({ kind, who, words: text }) => [kind, who, text])).toEqual([
    ["happened", "", "Samtalen startet."],
    ["citizen", "Du", "Kan treet felles?"],
    [
      "happened",
      "",
      "Du får skriftlig svar senest fredag 27. november kl.\u00a007.22. Kvitteringsnummer: SA-8PSW-ZAWM.",
    ],
    ["happened", "", "Kari svarer på spørsmålet ditt."],
    ["answer", "Kari", "Begge må si ja."],
    ["happened", "", "Kari avsluttet samtalen."],
  ]);
  expect(shown.municipality).toBe("Sarpsborg");
});

test("what was said before a written answer was promised is no answer, and parts two questions", () => {
  const { answers, question } = reading(
    said(1, "Hei"),
    said(2, "Hva gjelder det?", AGENT),
    said(3, "Et tre."),
    joined(4),
    said(5, "Hvem eier det?"),
    said(6, "Vi svarer deg skriftlig.", AGENT),
    promised(7),
    said(8, "Dere eier det sammen.", AGENT),
    said(9, "Takk!"),
    said(10, "Begge må si ja.", AGENT),
  );
  expect(words(answers)).toEqual(["Dere eier det sammen.", "Begge må si ja."]);
  expect(words(question)).toEqual(["Et tre.", "Hvem eier det?"]);
});

test("without an answer there is nothing to set apart", () => {
  const shown = reading(opened, said(2, "Hei"), said(3, "Vi ringer deg.", AGENT), promised(4));
  expect([shown.answers, shown.question]).toEqual([[], []]);
  expect(shown.dialogue).toHaveLength(4);
  expect(reading(promised(1), said(2, "Svar", AGENT)).question).toEqual([]);
});

test("an erased text says so, keeps its place, and is told from one that says the same", () => {
  const { answers, dialogue } = reading(
    committed(1, { kind: "erased" }),
    promised(2),
    committed(3, { kind: "erased" }, AGENT),
    said(4, ANSWER.nb.erased, AGENT),
  );
  expect(dialogue[0]).toMatchObject({ kind: "citizen", who: "Du", erased: true });
  expect(answers.map(({ erased, words: text }) => [erased, text])).toEqual([
    [true, ANSWER.nb.erased],
    [false, ANSWER.nb.erased],
  ]);
});

test("a number that was taken out is told of", () => {
  const { dialogue } = reading(said(1, "Jeg er [fjernet]", CITIZEN, 1), said(2, "Hei"));
  expect(dialogue.map(({ masked }) => masked)).toEqual([true, false]);
});

test("times are the municipality's, in the language asked for", () => {
  const one = copyOf({ ...said(1, "Hei"), time: TIME });
  const when = (language: "nb" | "nn" | "en") => readingOf(one, language).dialogue[0]?.when;
  expect(when("nb")).toBe("torsdag 26. november kl.\u00a023.23");
  expect(when("nn")).toBe("torsdag 26. november kl.\u00a023.23");
  expect(when("en")).toBe("Thursday 26 November at 23:23");
  expect(readingOf(one, "en").dialogue[0]).toMatchObject({ who: en.you, time: TIME });
});

test("no ids, and nothing of the desk's", () => {
  const handover = "0190f3a0-0000-7000-8000-000000000001";
  const shown = reading(
    opened,
    joined(2),
    said(3, "Hei", AGENT),
    committed(
      4,
      { kind: "handover_requested", handover, department: "byggesak", agent: "ola.dahl" },
      AGENT,
    ),
    committed(5, { kind: "handed_over", handover, owner: AGENT }, AGENT),
    committed(6, { kind: "taken_over", owner: AGENT }, AGENT),
    committed(1, { kind: "note", text: "Ringer senere", masked: 0, handover: null, whisper: false }, AGENT, "desk"),
  );
  expect(words(shown.dialogue)).toEqual([
    "Samtalen startet.",
    "Du snakker nå med Kari.",
    "Hei",
    ANSWER.nb.handover,
    "Du snakker nå med Kari.",
    "Du snakker nå med Kari.",
  ]);
  expect(JSON.stringify(shown)).not.toMatch(/kari\.nordmann|ola\.dahl|byggesak|servicetorget/);
});

test("a kind of a later version is passed over", () => {
  const later = committed(1, { kind: "moved" } as unknown as CopyEvent["body"]);
  expect(words(reading(later, said(2, "Hei")).dialogue)).toEqual(["Hei"]);
});

test.each([null, "", {}, [], { format: "prek.transcript.v2", municipality: "", events: [] }])(
  "%j is no copy that can be read",
  (found) => expect(isCopy(found)).toBe(false),
);

test("a copy is one, as it comes over the wire", () => {
  expect(isCopy(JSON.parse(JSON.stringify(copyOf(opened))))).toBe(true);
  expect(isCopy({ ...copyOf(), events: {} })).toBe(false);
});

test("a file is a row of its own, with a name and what it is", () => {
  const attached = committed(
    3,
    {
      kind: "attached",
      file: "f1",
      name: "skjema.pdf",
      media_type: "application/pdf",
      size: 20_480,
      sha256: "",
      scan: "clean",
      width: null,
      height: null,
      masked: 0,
    },
    AGENT,
  );
  const { dialogue, promised: written } = reading(opened, said(2, "Hei"), attached);
  expect(dialogue[2]).toMatchObject({
    kind: "agent",
    who: "Kari",
    words: "",
    file: { file: "f1", name: "skjema.pdf", about: "PDF, 20\u00a0kB" },
  });
  expect(dialogue[1]?.file).toBeNull();
  expect(written).toBe(false);
});

test("a dialogue is told from a question that was to be answered in writing", () => {
  expect(reading(opened, promised(2)).promised).toBe(true);
  expect(reading(opened, said(2, "Hei", AGENT)).answers).toEqual([]);
});
