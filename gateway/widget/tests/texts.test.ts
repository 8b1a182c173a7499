import { REFUSALS } from "@prek/wire";
import { expect, test } from "vitest";
import { clockTime, dayOf, momentOf } from "../src/frame/dates";
import { eventLine, refusalLine, statusLine, typingLine } from "../src/frame/wording";
import { initialState } from "../src/frame/state";
import {
  CATALOGUES,
  fill,
  LANGUAGE_NAMES,
  localized,
  localizedIn,
  pickLanguage,
  shownLanguage,
  type Language,
  type TextKey,
} from "../src/texts/catalogue";
import { ANSWER } from "../src/texts/answer";
import { se as verified } from "../src/texts/se";
import { after, event, frame, IDS, KARI, position, status, talking, welcome } from "./sample";

const submitted = { kind: "submitted", ids: IDS, anyway: false } as const;

const { nb, se, ...others } = CATALOGUES;
const holes = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(String).sort();

test.each(Object.entries(others))("%s has the keys and the holes of nb", (_, texts) => {
  expect(Object.keys(texts).sort()).toEqual(Object.keys(nb).sort());
  for (const key of Object.keys(nb) as TextKey[]) {
    expect([key, holes(texts[key])]).toEqual([key, holes(nb[key])]);
    expect(texts[key].trim()).not.toBe("");
  }
});

test("the page of an answer has the same words in each language", () => {
  for (const texts of Object.values(ANSWER)) {
    expect(Object.keys(texts)).toEqual(Object.keys(ANSWER.nb));
    expect(Object.values(texts).map((text) => text.trim())).not.toContain("");
  }
});

test("what Northern Sami lacks is in bokmål, and the screen is marked as that", () => {
  expect(Object.keys(se)).toEqual(Object.keys(nb));
  for (const key of Object.keys(nb) as TextKey[]) {
    expect(se[key]).toBe(verified[key] ?? nb[key]);
  }
  expect(["nb", "nn", "en", "se"].map((each) => shownLanguage(each as Language))).toEqual([
    "nb",
    "nn",
    "en",
    "nb",
  ]);
  expect(LANGUAGE_NAMES.se).toBe("Davvisámegiella");
});

test("a text of the municipality's is marked by its own language where the screen is in another", () => {
  const title = { nb: "Vann", se: "Čáhci" };
  expect([localized(title, "se"), localizedIn(title, "se")]).toEqual(["Čáhci", "se"]);
  expect(localizedIn({ nb: "Vann" }, "se")).toBeUndefined();
  expect(localizedIn({ nb: "Vann" }, "en")).toBe("nb");
  expect(localizedIn(title, "nb")).toBeUndefined();
  expect(localizedIn({}, "nn")).toBeUndefined();
});

test("Northern Sami is spoken only where the municipality offers it", () => {
  const wished = initialState({ language: "se" });
  expect(after(wished, frame(welcome())).language).toBe("nb");
  const offered = frame(welcome({ languages: ["nb", "se"] }));
  const state = after(wished, offered, { kind: "typed", draft: "Bures" }, submitted);
  expect(state.language).toBe("se");
  expect(state.outbox.entries[0]?.action).toMatchObject({ type: "open", language: "se" });
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
  ["se-NO", "se"],
  ["constructor", "nb"],
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
