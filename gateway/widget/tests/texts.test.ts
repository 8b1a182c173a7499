import { REFUSALS } from "@prek/wire";
import { expect, test } from "vitest";
import { clockTime, dayOf, momentOf } from "../src/frame/dates";
import { eventLine, refusalLine, statusLine, typingLine } from "../src/frame/wording";
import { initialState } from "../src/frame/state";
import {
  CATALOGUES,
  fill,
  localized,
  pickLanguage,
  type Language,
  type TextKey,
} from "../src/texts/catalogue";
import { after, event, frame, KARI, position, status, talking, welcome } from "./sample";

const { nb, ...others } = CATALOGUES;
const holes = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(String).sort();

test.each(Object.entries(others))("%s has the keys and the holes of nb", (_, texts) => {
  expect(Object.keys(texts).sort()).toEqual(Object.keys(nb).sort());
  for (const key of Object.keys(nb) as TextKey[]) {
    expect([key, holes(texts[key])]).toEqual([key, holes(nb[key])]);
    expect(texts[key].trim()).not.toBe("");
  }
});

test("every refusal has words", () => {
  for (const code of [...REFUSALS, "from_the_future"]) {
    expect(refusalLine(initialState(), code)).not.toBe("");
  }
});

test.each([
  ["nb-NO", "nb"],
  ["no", "nb"],
  ["nn", "nn"],
  ["NN-no", "nn"],
  ["en_GB", "en"],
  ["de", "nb"],
  ["", "nb"],
  [null, "nb"],
])("language for %s: %s", (tag, language) => expect(pickLanguage(tag)).toBe(language));

test("a hole without a value stays as it is, and a value is not filled again", () => {
  expect(fill("{a} {b}", { a: "{b}" })).toBe("{b} {b}");
  expect(localized({ nb: "Vann" }, "en")).toBe("Vann");
});

test("where the enquiry is, in plain words", () => {
  const state = talking();
  expect(statusLine(state)).toBe("Du snakker med Kari fra Servicetorget.");
  expect(statusLine({ ...state, language: "en" })).toBe(
    "You are talking with Kari from Service centre.",
  );
  const handing = status({
    version: 3,
    state: "active",
    owner: "Kari",
    handover_department: "vei",
  });
  expect(statusLine(after(state, frame(handing)))).toBe(
    "Vi setter deg over til vei. Du trenger ikke gjenta spørsmålet.",
  );
  const waiting = after(state, frame(status({ version: 3 })), frame(position(2)));
  expect(statusLine(waiting)).toBe("Du er nummer 2 i køen.");
  expect(statusLine(after(state, frame(status({ version: 3, state: "closed" }))))).toBe(nb.closed);
  expect(statusLine(after(initialState(), frame(welcome())))).toBe("");
});

test("what happened, in plain words", () => {
  const state = after(talking(), frame(welcome()));
  const line = (body: Parameters<typeof event>[1]) => eventLine(state, event(9, body));
  expect(line({ kind: "opened", topic: "vann", department: "a", language: "nb" })).toBe(
    "Det gjelder: Vann og avløp",
  );
  expect(line({ kind: "joined", owner: KARI })).toBe("Du snakker nå med Kari fra Servicetorget.");
  expect(line({ kind: "handover_returned", handover: "h", reason: "timeout" })).toBe(
    "Kari fortsetter samtalen med deg.",
  );
  expect(line({ kind: "handover_returned", handover: "h", reason: "closed" })).toBeNull();
  expect(line({ kind: "closed", reason: "agent" })).toBe("Kari avsluttet samtalen.");
  expect(line({ kind: "message", text: "Hei", masked: 0 })).toBeNull();
  expect(typingLine(after(state, frame({ type: "typing", author: "" })))).toBe(nb.typing_someone);
});

test("days are the municipality's, not the browser's", () => {
  expect(dayOf(initialState(), "2026-11-24T23:30:00Z")).toBe("onsdag 25. november");
  const nynorsk = { ...initialState(), language: "nn" } as const;
  expect(dayOf(nynorsk, "2026-11-24T12:00:00Z")).toBe("tysdag 24. november");
  expect(clockTime(nynorsk, "2026-11-24T12:05:00Z")).toBe("13:05");
});

test("a moment in a sentence has its day, and the language's way to write the hour", () => {
  const said = (language: Language) =>
    momentOf({ ...initialState(), language }, "2026-11-30T07:00:00Z");
  expect(said("nb")).toBe("mandag 30. november kl.\u00a008.00");
  expect(said("nn")).toBe("måndag 30. november kl.\u00a008.00");
  expect(said("en")).toBe("Monday 30 November at 08:00");
  // Summer time: the same clock on the wall.
  expect(momentOf(initialState(), "2026-05-18T06:00:00Z")).toBe("mandag 18. mai kl.\u00a008.00");
});
