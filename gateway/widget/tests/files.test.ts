import { acceptOf, checkFile, dispatch, encodeName, endingOf, MEDIA_TYPES } from "@prek/wire";
import { expect, test } from "vitest";
import {
  hold,
  mayRetry,
  nextUpload,
  rulesOf,
} from "../src/frame/files";
import { initialState, isHeard, pendingSends, type State } from "../src/frame/state";
import { memoryBox } from "../src/frame/box";
import { Store } from "../src/frame/storage";
import { codeOf } from "../src/frame/transfer";
import { fileLine, limitsLine, refusalLine, sizeLine } from "../src/frame/wording";
import { after, CITIZEN, event, frame, IDS, KARI, OPENED, said, talking, welcome } from "./sample";

const PDF = { id: "f1", name: "soknad.pdf", size: 2_000, type: "application/pdf" };
const PHOTO = { id: "f2", name: "IMG_1.JPG", size: 3_000_000, type: "image/jpeg" };
const ready = { kind: "line", line: "ready" } as const;
const chosen = (...files: (typeof PDF)[]) => ({ kind: "files_chosen", files }) as const;
const submit = (send: string) =>
  ({ kind: "submitted", ids: { ...IDS, send }, anyway: false }) as const;
const attached = (seq: number, file: string, mine = true) =>
  event(
    seq,
    {
      kind: "attached",
      file,
      name: "soknad.pdf",
      media_type: "application/pdf",
      size: 2_000,
      sha256: "0".repeat(64),
      scan: "clean",
      width: null,
      height: null,
      masked: 0,
    },
    mine ? { id: file, mine, author: CITIZEN } : {},
  );

/** Send what is due now, as the shell does; `open` sorts out who may go. */
function pump(state: State, now = 0): { state: State; sent: string[] } {
  const { outbox, send } = dispatch(hold(state.outbox, state.uploads), now, 0.5);
  return { state: { ...state, outbox }, sent: send.map(({ id }) => id) };
}

const sending = () => after(talking(), ready, chosen(PDF, PHOTO), submit("m2"));

test("a file as the first thing opens the conversation, without words", () => {
  const state = after(initialState(), frame(welcome()), chosen(PDF), submit("m1"));
  expect(state.outbox.entries.map(({ action }) => action.type)).toEqual(["open", "send_file"]);
  expect(state.outbox.entries[0]?.action).toMatchObject({ words: null, conversation: "c1" });
  expect([state.chosen, pendingSends(state).map(({ id }) => id)]).toEqual([[], ["f1"]]);
  // Nothing opens the store before the ledger has the conversation.
  expect(nextUpload(after(state, ready))).toBeNull();
  const open = after(state, ready, frame({ type: "event", event: OPENED }));
  expect(nextUpload(open)?.id).toBe("f1");
});

test("words go before the files that were chosen with them", () => {
  const state = after(talking(), ready, { kind: "typed", draft: "Her" }, chosen(PDF), submit("m2"));
  expect(pendingSends(state).map(({ id }) => id)).toEqual(["m2", "f1"]);
});

test("a text that was written after a file does not overtake it", () => {
  let { state, sent } = pump(after(sending(), { kind: "typed", draft: "etter" }, submit("m3")));
  expect(sent).toEqual([]);
  state = after(state, { kind: "upload_began", id: "f1" }, { kind: "upload_stored", id: "f1" });
  ({ state, sent } = pump(state));
  expect(sent).toEqual(["f1"]);
  state = after(state, frame({ type: "event", event: attached(3, "f1") }));
  expect(state.uploads.map(({ id }) => id)).toEqual(["f2"]);
  expect(pump(state).sent).toEqual([]);
  // Unless it failed: then it stands aside, and says why.
  state = after(state, { kind: "upload_failed", id: "f2", code: "file_infected" });
  expect(pump(state).sent).toEqual(["m3"]);
  expect(state.uploads[0]).toMatchObject({ stage: "failed", why: "file_infected" });
});

test("files go into the store one at a time and in order", () => {
  let state = sending();
  expect(nextUpload(state)?.id).toBe("f1");
  state = after(state, { kind: "upload_began", id: "f1" });
  expect(nextUpload(state)).toBeNull();
  state = after(state, { kind: "upload_went", id: "f1", part: 0.5 });
  expect(state.uploads[0]?.part).toBe(0.5);
  state = after(state, { kind: "upload_stored", id: "f1" });
  expect(nextUpload(state)?.id).toBe("f2");
  expect(nextUpload(after(state, { kind: "line", line: "lost" }))).toBeNull();
});

test("what may succeed later is tried some times, and then the citizen decides", () => {
  let state = sending();
  for (let n = 1; n < 6; n += 1) {
    state = after(state, { kind: "upload_postponed", id: "f1", dueAt: n * 1_000 });
    expect(nextUpload(state)).toMatchObject({ id: "f1", tries: n, dueAt: n * 1_000 });
  }
  state = after(state, { kind: "upload_postponed", id: "f1", dueAt: 9_000 });
  const failed = state.uploads[0];
  expect(failed).toMatchObject({ stage: "failed", why: "unreachable" });
  expect(failed && mayRetry(failed)).toBe(true);
  // Again, last in the lane and under the same id.
  state = after(state, { kind: "upload_retried", id: "f1" });
  expect(state.outbox.entries.map(({ action }) => action.id)).toEqual(["f2", "f1"]);
  expect(state.uploads[0]).toMatchObject({ stage: "queued", tries: 0 });
});

test("a file that the citizen drops is gone, and holds nothing back", () => {
  const state = after(
    sending(),
    { kind: "upload_began", id: "f1" },
    { kind: "upload_dropped", id: "f1" },
    // The store answers too late.
    { kind: "upload_stored", id: "f1" },
  );
  expect(state.uploads.map(({ id }) => id)).toEqual(["f2"]);
  expect(state.outbox.entries.map(({ action }) => action.id)).toEqual(["f2"]);
});

test("a file that the ledger refuses keeps its row, and the field keeps its words", () => {
  const state = after(
    sending(),
    { kind: "upload_stored", id: "f1" },
    { kind: "typed", draft: "nytt" },
    frame({ type: "refused", id: "f1", code: "file_unknown", retry_after_s: null }),
  );
  expect([state.draft, state.refusal]).toEqual(["nytt", null]);
  expect(state.uploads[0]).toMatchObject({ id: "f1", stage: "failed", why: "file_unknown" });
});

test("a conversation that cannot be opened gives the files back to the field", () => {
  const state = after(
    initialState(),
    frame(welcome()),
    chosen(PDF),
    submit("m1"),
    frame({ type: "refused", id: "k1", code: "blocked", retry_after_s: null }),
  );
  expect(state.chosen).toEqual([{ ...PDF, wrong: null }]);
  expect([state.uploads, state.outbox.entries]).toEqual([[], []]);
});

test.each([
  [{ ...PDF, size: 0 }, "file_empty"],
  [{ ...PDF, size: 11 * 1024 * 1024 }, "file_too_large"],
  [{ ...PDF, name: "a.exe", type: "application/x-msdownload" }, "file_type_not_allowed"],
  [{ ...PDF, name: "uten ending", type: "" }, "file_type_not_allowed"],
  // A browser that knows no type for the ending, or the other way round.
  [{ ...PDF, type: "" }, null],
  [{ ...PDF, name: "bilde" }, null],
  [PHOTO, null],
])("is seen before it is sent (%#)", (file, code) => {
  const state = after(initialState(), frame(welcome()));
  expect(checkFile(rulesOf(state), file)).toBe(code);
});

test("what cannot be sent is said, is not sent, and goes with the next choice", () => {
  let state = after(talking(), ready, chosen({ ...PDF, size: 0 }), submit("m2"));
  expect(state.chosen.map(({ wrong }) => wrong)).toEqual(["file_empty"]);
  expect(state.outbox.entries).toEqual([]);
  state = after(state, chosen(PHOTO));
  expect(state.chosen.map(({ id }) => id)).toEqual(["f2"]);
});

test("a municipality that takes no files takes none", () => {
  const none = { allowed: false, max_bytes: 1, types: [] };
  const state = after(initialState(), frame(welcome({ files: none })), chosen(PDF));
  expect(state.chosen[0]?.wrong).toBe("files_off");
});

test("what is on its way survives a reload; what nothing is known of is not sent", () => {
  const box = memoryBox();
  const store = () => new Store("sarpsborg", box, memoryBox());
  const begun = { ...talking(), outbox: { entries: [] } };
  const state = after(begun, ready, chosen(PDF, PHOTO), submit("m2"));
  store().save(initialState(), state);
  const stored = after(state, { kind: "upload_stored", id: "f1" });
  store().save(state, stored);
  const read = store().load();
  expect(read.outbox?.entries.map(({ action }) => action.id)).toEqual(["f1", "f2"]);
  expect(read.uploads?.map(({ id, stage }) => [id, stage])).toEqual([
    ["f1", "stored"],
    ["f2", "queued"],
  ]);
  box.removeItem("prek.sarpsborg.file.f2");
  expect(
    store()
      .load()
      .outbox?.entries.map(({ action }) => action.id),
  ).toEqual(["f1"]);

  const done = after(stored, { kind: "upload_failed", id: "f2", code: "file_broken" });
  store().save(stored, done);
  const gone = after(done, frame({ type: "event", event: attached(3, "f1") }));
  store().save(done, gone);
  const keys = Array.from({ length: box.length }, (_, i) => box.key(i));
  expect(keys.filter((key) => key?.includes(".file.") || key?.includes(".out."))).toEqual([]);
});

test("a file of the other side is something to be called to", () => {
  expect(isHeard(attached(3, "f9", false))).toBe(true);
  expect(isHeard(attached(3, "f9"))).toBe(false);
  const hidden = after(talking(), { kind: "shown", visible: false });
  const told = after(hidden, frame({ type: "event", event: attached(3, "f9", false) }));
  expect(told.unread).toBe(1);
});

test("kinds, sizes and limits in plain words", () => {
  const state = after(initialState(), frame(welcome()));
  expect(fileLine(state, PDF)).toBe("PDF, 2\u00a0kB");
  expect(fileLine(state, PHOTO)).toBe("JPG, 2,9\u00a0MB");
  expect(fileLine(state, { ...PDF, name: "uten", type: "" })).toBe("2\u00a0kB");
  expect(sizeLine({ ...state, language: "en" }, 1.5 * 1024 * 1024)).toBe("1.5\u00a0MB");
  expect(limitsLine(state)).toBe("JPG, PNG, PDF. Inntil 10\u00a0MB per fil.");
  expect(refusalLine(state, "file_too_large")).toContain("10\u00a0MB");
  expect(acceptOf(rulesOf(state))).toBe(
    "image/jpeg,image/png,application/pdf,.jpg,.jpeg,.png,.pdf",
  );
  expect([endingOf("a.b.PDF"), endingOf(".skjult"), endingOf("uten")]).toEqual(["pdf", "", ""]);
  expect(Object.keys(MEDIA_TYPES)).toContain("application/pdf");
});

test("a name is sent as ASCII, whatever it holds; a proxy's own words are understood", () => {
  expect(encodeName("søknad\r\nX: 1.pdf")).toBe("s%C3%B8knad%0D%0AX%3A%201.pdf");
  expect(decodeURIComponent(encodeName("a\ud800b"))).toBe("a\ufffdb");
  expect(codeOf('{"code":"file_broken"}', 422)).toBe("file_broken");
  expect([codeOf("<html>", 413), codeOf("null", 500), codeOf("[]", 400)]).toEqual([
    "file_too_large",
    "file_refused",
    "file_refused",
  ]);
});

test("the author of a file is shown as the author of a text is", () => {
  const state = after(talking(), frame({ type: "event", event: attached(3, "f9", false) }));
  expect(state.events.at(-1)?.author).toEqual(KARI);
  expect(after(state, frame({ type: "event", event: said(4, "Se") })).events).toHaveLength(4);
});

/** Numbers that look like chance, the same for the same seed (mulberry32). */
function chance(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

test("whatever fails and waits, all else arrives once and in the order it was written", () => {
  for (let seed = 0; seed < 150; seed += 1) {
    const next = chance(seed);
    let state = after(talking(), ready);
    const written: string[] = [];
    const arrived: string[] = [];
    const store = () => {
      const upload = nextUpload(state);
      if (upload === null) return;
      const { id } = upload;
      const ends = [
        { kind: "upload_stored", id },
        { kind: "upload_postponed", id, dueAt: 0 },
        { kind: "upload_failed", id, code: "file_broken" },
      ] as const;
      state = after(state, { kind: "upload_began", id }, ends[next(5)] ?? ends[0]);
    };
    const deliver = () => {
      const { sent, state: pumped } = pump(state, 1_000_000 * arrived.length);
      state = pumped;
      for (const id of sent) {
        const seq = state.stream.last + 1;
        const own = { id, mine: true, author: CITIZEN };
        const event = id.startsWith("f") ? attached(seq, id) : said(seq, "tekst", own);
        arrived.push(id);
        state = after(state, frame({ type: "event", event }));
      }
    };
    for (let step = 0; step < 40; step += 1) {
      const id = `${step}`.padStart(2, "0");
      const deed = next(4);
      if (deed === 0) {
        written.push(`m${id}`);
        state = after(state, { kind: "typed", draft: "tekst" }, submit(`m${id}`));
      } else if (deed === 1) {
        written.push(`f${id}`);
        state = after(state, chosen({ ...PDF, id: `f${id}` }), submit("unused"));
      } else if (deed === 2) store();
      else deliver();
    }
    while (state.outbox.entries.length > 0) {
      store();
      deliver();
    }
    const failed = new Set(state.uploads.map(({ id }) => id));
    expect(state.uploads.every(({ stage }) => stage === "failed")).toBe(true);
    expect(arrived).toEqual(written.filter((id) => !failed.has(id)));
  }
});
