import { dispatch } from "@prek/wire";
import { expect, test } from "vitest";
import type { Happening } from "../src/frame/reduce";
import {
  heardOf,
  initialState,
  isAsking,
  isBeingAnswered,
  isLive,
  phaseOf,
  type State,
} from "../src/frame/state";
import { eventLine, refusalLine, statusLine } from "../src/frame/wording";
import {
  after,
  availability,
  event,
  frame,
  IDS,
  KARI,
  OPENED,
  said,
  status,
  talking,
  welcome,
} from "./sample";

const ASK_IDS = { ...IDS, ask: "a1" };
const OPEN_FORM: Happening = { kind: "form_opened", form: "written" };
const SUBMIT: Happening = { kind: "written_submitted", ids: ASK_IDS, anyway: false };
const by = (answerBy: "email" | "phone" | "receipt", contact = ""): Happening => ({
  kind: "written_changed",
  answerBy,
  contact,
});
const refused = (id: string, code: string) =>
  frame({ type: "refused", id, code, retry_after_s: null });
const DUE = "2026-12-03T14:30:00Z";
const WRITTEN = status({
  version: 3,
  state: "written",
  due_at: DUE,
  receipt: "SA-12CD-34EF",
  receipt_secret: "0123-4567-89AB-CDEF",
  answer_by: "email",
});
const MADE = event(
  3,
  {
    kind: "made_written",
    due_at: DUE,
    receipt: "SA-12CD-34EF",
    answer_by: "email",
    reason: "citizen_asked",
  },
  { id: "a1", mine: true },
);

const fresh = () => after(initialState(), frame(welcome({ availability: availability() })));
const waiting = () => after(talking(), frame(status({ version: 3 })));
const asking = () => after(waiting(), OPEN_FORM, by("email", " ola@eksempel.no "), SUBMIT);
const actions = (state: State) => state.outbox.entries.map(({ action }) => action);
const wrong = (state: State) => state.form?.wrong ?? [];

test("asked for while waiting: an action like any other, without what was written round it", () => {
  const state = asking();
  expect(actions(state)).toEqual([
    { type: "ask_written", id: "a1", answer_by: "email", contact: "ola@eksempel.no" },
  ]);
  expect([state.form, isAsking(state), statusLine(state)]).toEqual([
    null,
    true,
    "Vi tar imot spørsmålet …",
  ]);
  const first = dispatch(state.outbox, 0, 0);
  expect(dispatch(first.outbox, 1_599, 0).send).toEqual([]);
  expect(dispatch(first.outbox, 1_600, 0).send).toEqual(first.send);
});

test("with the first words: they open, are said, and the answer is asked for, in that order", () => {
  const state = after(
    fresh(),
    OPEN_FORM,
    { kind: "typed", draft: "Når kommer brøytebilen?" },
    by("receipt", "dette er ingen adresse"),
    SUBMIT,
  );
  expect(actions(state).map(({ type }) => type)).toEqual(["open", "send", "ask_written"]);
  expect(actions(state)[2]).toMatchObject({ answer_by: "receipt", contact: null });
  expect(new Set(state.outbox.entries.map(({ lane }) => lane))).toEqual(new Set(["c1"]));
  expect([state.draft, phaseOf(state)]).toEqual(["", "waiting"]);
});

test("what is missing is said beside its field, all at once, and nothing is sent", () => {
  let state = after(fresh(), OPEN_FORM, SUBMIT);
  expect([wrong(state), actions(state)]).toEqual([["wrong_question", "wrong_way"], []]);
  state = after(state, by("email", "ola"));
  expect(wrong(state)).toEqual(["wrong_question"]);
  state = after(state, { kind: "typed", draft: "Hei" }, SUBMIT);
  expect(wrong(state)).toEqual(["wrong_email"]);
  state = after(state, by("phone", "123"), SUBMIT);
  expect([wrong(state), actions(state)]).toEqual([["wrong_phone"], []]);
  expect(state.form).toMatchObject({ tries: 3 });
  expect(actions(after(state, by("phone", "69 10 80 00"), SUBMIT))[2]).toMatchObject({
    answer_by: "phone",
    contact: "69108000",
  });
});

test("a national id in the question is held back here too", () => {
  const draft = "Jeg er 02013299997";
  const state = after(fresh(), OPEN_FORM, { kind: "typed", draft }, by("receipt"), SUBMIT);
  expect([state.warning, actions(state)]).toEqual([true, []]);
  const anyway = after(state, { kind: "written_submitted", ids: ASK_IDS, anyway: true });
  expect(actions(anyway)).toHaveLength(3);
});

test("its event answers it, and the status says number, code and deadline", () => {
  let state = after(asking(), frame({ type: "event", event: MADE }));
  expect(isAsking(state)).toBe(false);
  state = after(state, frame(WRITTEN));
  expect([phaseOf(state), isLive(state), statusLine(state)]).toEqual([
    "written",
    false,
    "Spørsmålet er tatt imot. Du får svar senest torsdag 3. desember kl.\u00a015.30.",
  ]);
  state = after(state, frame(status({ ...WRITTEN, version: 4, receipt_secret: null })));
  expect(state.status?.receipt_secret).toBe("0123-4567-89AB-CDEF");
});

test("another way to answer has no event: it is done when the broker has it and the status says so", () => {
  const changed = after(waiting(), frame(WRITTEN), OPEN_FORM, by("receipt"), SUBMIT);
  const taken = after(changed, frame({ type: "accepted", id: "a1", masked: 0, kinds: [] }));
  expect([isAsking(changed), isAsking(taken)]).toEqual([true, true]);
  const told = { ...WRITTEN, version: 4, answer_by: "receipt" } as const;
  expect(isAsking(after(taken, frame(told)))).toBe(false);
  // The other way round, too: the status may be quicker than the word of the broker.
  expect(isAsking(after(changed, frame(told)))).toBe(true);
  const late = after(
    changed,
    frame(told),
    frame({ type: "accepted", id: "a1", masked: 0, kinds: [] }),
  );
  expect(isAsking(late)).toBe(false);

  const first = after(asking(), frame({ type: "accepted", id: "a1", masked: 0, kinds: [] }));
  expect([isAsking(first), isAsking(after(first, frame(WRITTEN)))]).toEqual([true, false]);
});

test("while somebody answers, a way to answer later can be given, and the form stays open", () => {
  const active = status({ version: 4, state: "active", owner: "Kari" });
  const open = after(waiting(), frame(active), OPEN_FORM, by("phone", "69 11 69 11"));
  expect(after(open, frame({ ...active, version: 5 })).form).toEqual(open.form);
  const asked = after(open, SUBMIT);
  expect(actions(asked).at(-1)).toMatchObject({ type: "ask_written", answer_by: "phone" });
  const told = frame({ ...active, version: 6, answer_by: "phone" });
  const done = after(asked, frame({ type: "accepted", id: "a1", masked: 0, kinds: [] }), told);
  expect([isAsking(done), phaseOf(done)]).toEqual([false, "active"]);
});

test("the answer comes as words, from somebody who is not talking but answering", () => {
  const offered = after(waiting(), frame({ type: "event", event: MADE }), frame(WRITTEN));
  const taken = after(
    offered,
    frame(status({ ...WRITTEN, version: 5, state: "active", owner: "Kari" })),
    frame({ type: "event", event: event(4, { kind: "joined", owner: KARI }) }),
    frame({ type: "event", event: said(5, "Den kommer klokka sju.") }),
  );
  expect(phaseOf(taken)).toBe("written");
  // Until then the receipt stands there; and again if it is put back.
  expect(isBeingAnswered(taken)).toBe(true);
  expect(isBeingAnswered({ ...taken, events: taken.events.slice(0, -1) })).toBe(false);
  expect(isBeingAnswered(after(taken, frame(status({ ...WRITTEN, version: 6 }))))).toBe(false);
  expect(statusLine(taken)).toBe("Kari fra Servicetorget svarer på spørsmålet ditt.");
  const lines = taken.events.map((each) => eventLine(taken, each));
  expect(lines.slice(2)).toEqual([
    "Du får skriftlig svar senest torsdag 3. desember kl.\u00a015.30. Kvitteringsnummer: SA-12CD-34EF.",
    "Kari fra Servicetorget svarer på spørsmålet ditt.",
    null,
  ]);
  const waits = after(offered, frame(status({ ...WRITTEN, version: 4, state: "offered" })));
  expect(phaseOf(waits)).toBe("written");
  const closed = after(taken, frame(status({ ...WRITTEN, version: 6, state: "closed" })));
  expect(phaseOf(closed)).toBe("closed");
});

test("somebody who comes after all takes the form's place", () => {
  const state = after(waiting(), OPEN_FORM, frame(status({ version: 4, state: "active" })));
  expect(state.form).toBeNull();
});

test.each(["contact_invalid", "no_way_to_answer"])(
  "%s: the form is back as it was filled in",
  (code) => {
    const state = after(asking(), refused("a1", code));
    expect(state).toMatchObject({
      outbox: { entries: [] },
      refusal: null,
      form: { kind: "written", answerBy: "email", contact: "ola@eksempel.no" },
    });
    expect(wrong(state)).toEqual([`refused_${code}`]);
  },
);

test("a question that is written already is told so", () => {
  const state = after(asking(), refused("a1", "already_written"));
  expect([state.form, actions(state)]).toEqual([null, []]);
  expect(refusalLine(state, state.refusal ?? "")).toBe(
    "Spørsmålet er alt tatt imot, og du får svar skriftlig.",
  );
});

test("a blocked citizen keeps the words, and hears the first reason", () => {
  const state = after(
    fresh(),
    { kind: "typed", draft: "Hei" },
    { kind: "submitted", ids: IDS, anyway: false },
    refused("k1", "blocked"),
    refused("m1", "not_found"),
  );
  expect(state).toMatchObject({
    conversation: null,
    outbox: { entries: [] },
    draft: "Hei",
    refusal: "blocked",
  });
});

test("written when it is closed: the citizen is asked at once how to be answered", () => {
  const write = (open: boolean) =>
    after(
      fresh(),
      frame(availability({ open, staffed: false })),
      { kind: "typed", draft: "Hei" },
      { kind: "submitted", ids: IDS, anyway: false },
    );
  expect(write(false).form?.kind).toBe("written");
  expect(write(true).form).toBeNull();
  const again = after(
    write(false),
    { kind: "form_closed" },
    { kind: "typed", draft: "og" },
    {
      kind: "submitted",
      ids: { ...IDS, send: "m2" },
      anyway: false,
    },
  );
  expect(again.form).toBeNull();
});

test("a receipt is looked at before it is asked about, and opens its conversation", () => {
  let state = after(
    fresh(),
    { kind: "form_opened", form: "receipt" },
    { kind: "receipt_submitted" },
  );
  expect(wrong(state)).toEqual(["wrong_receipt", "wrong_secret"]);
  state = after(
    state,
    { kind: "receipt_changed", receipt: "sa12cd34ef", secret: "0123 4567 89ab cdef" },
    { kind: "receipt_submitted" },
  );
  expect(state.form).toMatchObject({ asking: true, wrong: [] });
  state = after(state, { kind: "receipt_unopened", why: "reentry_unknown" });
  expect(state.form).toMatchObject({ asking: false, unopened: "reentry_unknown" });
  state = after(state, { kind: "receipt_opened", conversation: "c9" });
  expect(state).toMatchObject({
    form: null,
    conversation: { id: "c9", opened: true, byReceipt: true },
  });
  const events = [OPENED, said(2, "Hei", { mine: true }), MADE];
  const back = welcome({ conversation: "c9", events, last_seq: 3, status: WRITTEN });
  expect(phaseOf(after(state, frame(back)))).toBe("written");
});

test("the next conversation follows the one before it, unless a receipt opened that", () => {
  const left = after(talking(), { kind: "begun_anew", refusal: null });
  const next = after(
    left,
    { kind: "typed", draft: "Hei igjen" },
    { kind: "submitted", ids: { conversation: "c2", open: "k2", send: "m2" }, anyway: false },
  );
  expect(actions(next)[0]).toMatchObject({ type: "open", words: "Hei igjen", follows: "c1" });
  const visited = after(
    fresh(),
    { kind: "receipt_opened", conversation: "c9" },
    { kind: "begun_anew", refusal: null },
  );
  expect(visited.former).toBeNull();
});

test("only words of others are new messages: not the receipt, and not the citizen's own", () => {
  const heard = (...happenings: Happening[]) => heardOf(after(waiting(), ...happenings));
  const made = frame({ type: "event", event: MADE });
  expect(heard()).toBe(0);
  expect(heard(made, frame(WRITTEN))).toBe(0);
  expect(heard(made, frame({ type: "event", event: said(4, "Begge må si ja.") }))).toBe(1);
});
