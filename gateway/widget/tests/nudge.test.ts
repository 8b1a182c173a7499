import { expect, test } from "vitest";
import { initialState, isNudged, type State } from "../src/frame/state";
import { memoryBox } from "../src/frame/box";
import { Store } from "../src/frame/storage";
import { eventLine, maskedLine, warnLine } from "../src/frame/wording";
import { after, event, frame, IDS, OPENED, said, status, talking, welcome } from "./sample";

const NUDGED = event(3, { kind: "nudged" });
const asked = (state = talking()): State =>
  after(
    state,
    frame({ type: "event", event: NUDGED }),
    frame(status({ version: 3, state: "active", owner: "Kari", nudged_at: NUDGED.time })),
  );
const here = { kind: "nudge_answered", id: "h1" } as const;

test("the question is there until it is answered, and the answer is sent once", () => {
  expect([isNudged(talking()), isNudged(asked())]).toEqual([false, true]);
  const state = after(asked(), here, { ...here, id: "h2" });
  expect(state.outbox.entries.map(({ action }) => action)).toEqual([{ type: "here", id: "h1" }]);
  expect(isNudged(state)).toBe(false);
  const done = after(
    state,
    frame({ type: "event", event: event(4, { kind: "nudge_answered" }, { id: "h1", mine: true }) }),
    frame(status({ version: 4, state: "active", owner: "Kari" })),
  );
  expect([isNudged(done), done.outbox.entries]).toEqual([false, []]);
});

test("a message answers it as well, and nobody asks who was never asked", () => {
  const wrote = after(
    asked(),
    { kind: "typed", draft: "Ja" },
    { kind: "submitted", ids: { ...IDS, send: "m2" }, anyway: false },
  );
  expect(isNudged(wrote)).toBe(false);
  expect(after(talking(), here).outbox.entries).toEqual([]);
});

test("an answer that came too late is no failure", () => {
  const refused = { type: "refused", id: "h1", code: "closed", retry_after_s: null } as const;
  const state = after(asked(), here, frame(refused));
  expect([state.refusal, state.outbox.entries]).toEqual([null, []]);
  // Another tab answered: the status says so, and this one has nothing left to say.
  const told = after(asked(), here, frame(status({ version: 4, state: "active" })));
  expect(told.outbox.entries).toEqual([]);
});

test("it counts as unread while the window is not seen, in plain words", () => {
  const hidden = after(talking(), { kind: "shown", visible: false });
  expect(asked(hidden).unread).toBe(1);
  expect(eventLine(talking(), NUDGED)).toBe("Kari spurte om du er her fortsatt.");
});

test("what was seen is not unread after a reload, nor in another tab", () => {
  const box = memoryBox();
  const store = () => new Store("sarpsborg", box, memoryBox());
  const seen = after(talking(), frame({ type: "event", event: said(3, "ett") }));
  store().save(initialState(), seen);
  expect(store().load().seen).toBe(3);

  const events = [OPENED, said(2, "Hei"), said(3, "ett"), said(4, "to")];
  const loaded = after(
    { ...initialState(store().load()), visible: false },
    frame(welcome({ conversation: "c1", events, last_seq: 4 })),
  );
  expect([loaded.unread, loaded.seen]).toEqual([1, 3]);
  expect(after(loaded, { kind: "seen", seq: 4 }).unread).toBe(0);
  // An older word of another tab takes nothing back.
  expect(after(loaded, { kind: "seen", seq: 1 }).seen).toBe(3);
  const shown = after(loaded, { kind: "shown", visible: true });
  expect([shown.unread, shown.seen]).toEqual([0, 4]);
  expect(store().seen("another")).toBe(0);
});

test("the sound is on until it is turned off, and stays off", () => {
  const box = memoryBox();
  const store = () => new Store("sarpsborg", box, memoryBox());
  expect(store().load().sound).toBe(true);
  const off = after(initialState(), { kind: "sound", on: false });
  store().save(initialState(), off);
  expect(store().load().sound).toBe(false);
  store().save(off, after(off, { kind: "sound", on: true }));
  expect(store().load().sound).toBe(true);
});

test("the page says whether the browser may notify", () => {
  expect(initialState().notify).toBe("none");
  expect(after(initialState(), { kind: "notify", state: "denied" }).notify).toBe("denied");
});

test("the writer is told which numbers it is about", () => {
  const state = { ...talking(), draft: "Jeg er 02013299997 og kortet er 4111 1111 1111 1111" };
  expect(warnLine(state)).toBe(
    "Det ser ut som du har skrevet et fødselsnummer og et kortnummer. Vi trenger det ikke her.",
  );
  expect(maskedLine(state, ["account"])).toBe("Vi fjernet noe som så ut som et kontonummer.");
  // The archive says how many, and not which.
  expect(maskedLine(state, undefined)).toBe("Vi fjernet et nummer som ikke skal sendes her.");
});
