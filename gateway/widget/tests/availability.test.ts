import { expect, test } from "vitest";
import { initialState, phaseOf, presenceOf, type State } from "../src/frame/state";
import { offerLine, presenceLines, statusLine, steadyStatusLine } from "../src/frame/wording";
import { CATALOGUES } from "../src/texts/catalogue";
import { after, availability, frame, IDS, position, status, talking, welcome } from "./sample";

const { nb } = CATALOGUES;
const SHUT = availability({
  open: false,
  staffed: false,
  opens_at: "2026-11-30T07:00:00Z",
  reason: { nb: "Grunnlovsdagen", en: "Constitution Day" },
});
const welcomed = (more: Parameters<typeof availability>[0] = {}) =>
  after(initialState(), frame(welcome({ availability: availability(more) })));
const waiting = (now = availability()) =>
  after(talking(), frame(now), frame(status({ version: 3 })));
const said = (state: State) => presenceLines(state).join(" ");

test("open is never said unless somebody is there", () => {
  for (const staffed of [true, false, null]) {
    for (const open of [true, false]) {
      const state = welcomed({ open, staffed, closes_at: "2026-11-26T14:30:00Z" });
      const told = said(state);
      const here = open && staffed === true;
      expect([open, staffed, told.includes(nb.here)]).toEqual([open, staffed, here]);
      expect(/åpent|åpen /.test(told)).toBe(here);
    }
  }
});

test("who is there, in plain words", () => {
  expect(said(welcomed())).toBe("Noen fra Servicetorget er her nå.");
  expect(said(welcomed({ closes_at: "2026-11-26T14:30:00Z" }))).toBe(
    "Noen fra Servicetorget er her nå. Vi har åpent til kl.\u00a015.30.",
  );
  expect(presenceLines(welcomed({ staffed: false }))).toEqual([nb.nobody, nb.nobody_how]);
  expect(presenceLines(welcomed({ staffed: null }))).toEqual([]);
});

test("closed: why, and when it opens, in the citizen's language", () => {
  const state = after(welcomed(), frame(SHUT));
  expect(said(state)).toBe(
    "Chatten er stengt (Grunnlovsdagen). Vi åpner igjen mandag 30. november kl.\u00a008.00. " +
      nb.shut_how,
  );
  expect(said({ ...state, language: "en" })).toContain(
    "The chat is closed (Constitution Day). We open again on Monday 30 November at 08:00.",
  );
  expect(said({ ...state, language: "nn" })).toContain("måndag 30. november kl.\u00a008.00");
  expect(said(welcomed({ open: false, staffed: null }))).toBe(`${nb.shut} ${nb.shut_how}`);
});

test("what was pushed replaces the welcome, and a new welcome what was pushed", () => {
  let state = after(welcomed(), frame(availability({ staffed: false })));
  expect(presenceOf(state)).toBe("nobody");
  state = after(state, frame(SHUT));
  expect(presenceOf(state)).toBe("shut");
  state = after(state, frame(welcome({ availability: availability() })));
  expect(presenceOf(state)).toBe("here");
});

test("an older server tells only once: it is believed until the citizen waits", () => {
  const state = after(initialState(), frame(welcome({ staffed: false })));
  expect(presenceOf(state)).toBe("nobody");
  const sent = after(
    state,
    { kind: "typed", draft: "Hei" },
    { kind: "submitted", ids: IDS, anyway: false },
  );
  expect([phaseOf(sent), presenceOf(sent)]).toEqual(["waiting", "unknown"]);
});

test.each([
  [120, 300, "Du er nummer 3 i køen. De fleste har ventet 2–5 minutter."],
  [119, 241, "Du er nummer 3 i køen. De fleste har ventet 1–5 minutter."],
  [180, 180, "Du er nummer 3 i køen. De fleste har ventet omtrent 3 minutter."],
  [60, 60, "Du er nummer 3 i køen. De fleste har ventet omtrent ett minutt."],
  [10, 200, "Du er nummer 3 i køen. De fleste har ventet under 4 minutter."],
  [0, 0, "Du er nummer 3 i køen. De fleste har ventet under ett minutt."],
  [null, null, "Du er nummer 3 i køen."],
  [120, null, "Du er nummer 3 i køen."],
])("a wait from %s to %s seconds: %s", (wait_from_s, wait_to_s, line) => {
  const state = after(waiting(), frame(position(3, { wait_from_s, wait_to_s })));
  expect(statusLine(state)).toBe(line);
  expect(steadyStatusLine(state)).toBe("Du er nummer 3 i køen.");
});

test("no wait is promised while nobody is there, or it is closed", () => {
  const place = frame(position(1, { wait_from_s: 60, wait_to_s: 120 }));
  const alone = after(waiting(availability({ staffed: false })), place);
  expect(statusLine(alone)).toBe(`${nb.nobody} Du er nummer 1 i køen.`);
  expect(statusLine(after(waiting(SHUT), place))).toBe(
    "Chatten er stengt (Grunnlovsdagen). Vi åpner igjen mandag 30. november kl.\u00a008.00.",
  );
});

test("a written answer is advised when waiting here is of little use", () => {
  expect(offerLine(waiting())).toBe("");
  expect(offerLine(after(waiting(), frame(position(9, { offer_written: true }))))).toBe(
    nb.offer_long,
  );
  expect(offerLine(waiting(availability({ staffed: false })))).toBe(nb.offer_away);
  expect(offerLine(waiting(SHUT))).toBe(nb.offer_away);
  const shut = availability({ departments: { servicetorget: false } });
  expect(offerLine(waiting(shut))).toBe("Servicetorget har stengt nå. Vi kan svare deg skriftlig.");
});
