/** Wrap-up, whispers, walls, what was before, and a leader's hand: what the state makes of them. */
import type { Summary, WireEvent } from "@prek/wire";
import { describe, expect, test } from "vitest";
import { chosenFor, isClassifiedAside, isUnclassified, usualFor } from "../src/classifying";
import { mayAsk } from "../src/commands";
import { mayAskEarlier, readCopy, readEarlier } from "../src/earlier";
import { glimpseOf, isWalled, mayBreakGlass, mayDecide, mayTake } from "../src/glass";
import { readKept, writeKept } from "../src/kept";
import { type DeskAction, draftOf, INITIAL, type State } from "../src/model";
import { ALERTS } from "../src/set_up/reading";
import { eventsOf } from "../src/threads";
import { allWhispers, whispersTo } from "../src/whispers";
import {
  after,
  agent,
  AGENTS,
  answered,
  AT,
  DIRECTORY,
  event,
  frame,
  owned,
  pushed,
  run,
  seated,
  SESSION,
  snapshot,
  summary,
  welcome,
} from "./sample";

const act = (action: DeskAction) => ({ type: "act", action }) as const;
const actions = ({ outbox }: State) => outbox.entries.map((entry) => entry.action.id);
const refused = (id: string, code = "not_allowed") =>
  frame({ type: "refused", id, code, conversation: null, retry_after_s: null });

describe("what is chosen at wrap-up", () => {
  const ended = owned("a", { state: "closed", wrapup: { agent: "kari", until: "" } });
  const choose = (id: string, more: Partial<Extract<DeskAction, { type: "classify" }>>) =>
    act({ type: "classify", id, conversation: "a", ...more });

  test("shows before the ledger has it, and each choice leaves the other alone", () => {
    const first = after(seated([ended]), choose("1", { outcome: "guided" }));
    const both = after(first, choose("2", { archive: "journal" }));

    expect(chosenFor(ended, first)).toEqual({ outcome: "guided", archive: null });
    expect(chosenFor(ended, both)).toEqual({ outcome: "guided", archive: "journal" });
    expect([isUnclassified(chosenFor(ended, first)), isUnclassified(chosenFor(ended, both))]).toEqual(
      [true, false],
    );
  });

  test("is what the ledger says once it has answered, also when it said no", () => {
    const asked = after(seated([ended]), choose("1", { outcome: "guided" }));
    const no = after(asked, refused("1"));
    const yes = after(asked, frame({ type: "done", id: "1", conversation: "a" }));

    expect(chosenFor(ended, no).outcome).toBeNull();
    expect(no.alerts.map(({ reason }) => reason)).toEqual(["refused_not_allowed"]);
    expect(chosenFor({ ...ended, outcome: "guided" }, yes).outcome).toBe("guided");
  });

  test("is the last that was chosen, also when it was chosen before", () => {
    const state = after(
      seated([ended]),
      choose("1", { outcome: "guided" }),
      choose("2", { archive: "none" }),
      choose("3", { outcome: "answered" }),
      choose("4", { outcome: "guided" }),
    );

    expect(chosenFor(ended, state)).toEqual({ outcome: "guided", archive: "none" });
    expect(actions(state)).toEqual(["1", "2", "3", "4"]);
  });

  test("is the topic's usual choice until another is made, and nothing where the set-up says none", () => {
    const topics = DIRECTORY.topics.map((topic, n) => ({ ...topic, archive: n === 0 ? "journal" : null }) as const);
    const state: State = { ...seated([ended]), directory: { ...DIRECTORY, topics } };
    const about = (topic: string | null) => usualFor({ ...ended, topic }, state);

    expect([about(topics[0]?.id ?? null), about(topics[1]?.id ?? null), about(null)]).toEqual(["journal", null, null]);
    expect(chosenFor({ ...ended, topic: topics[0]?.id ?? null }, state).archive).toBeNull();
  });

  test("is sent once for one choice", () => {
    const state = after(seated([ended]), choose("1", { outcome: "guided" }), choose("2", { outcome: "guided" }));

    expect(actions(state)).toEqual(["1"]);
  });

  test("is kept over a reload until the ledger has it", () => {
    const before = after(seated([ended]), choose("1", { archive: "archive" }));
    const kept = readKept(writeKept(before));
    const state = after(INITIAL, { type: "signed_in", session: SESSION, kept }, frame(welcome(snapshot([ended]))));

    expect(chosenFor(ended, state).archive).toBe("archive");
  });

  test("is asked for under the dialogue, and beside it only where there is no wrap-up", () => {
    const state = seated([ended]);

    expect(isClassifiedAside(ended, state)).toBe(false);
    expect(isClassifiedAside({ ...ended, wrapup: null }, state)).toBe(true);
    expect(isClassifiedAside(owned("b"), state)).toBe(false);
  });
});

test("of topics chosen one after another the last stands, though it was the first", () => {
  const topic = (id: string, name: string) =>
    act({ type: "set_topic", id, conversation: "a", topic: name });
  const state = after(seated([owned("a")]), topic("1", "snow"), topic("2", "water"), topic("3", "snow"));

  expect(actions(state)).toEqual(["1", "2", "3"]);
});

test("moving to another department is another action; a second press of the same is not", () => {
  const move = (id: string, department: string) =>
    act({ type: "move", id, conversation: "a", department, epoch: 0 });
  const state = after(seated([], [summary("a")]), move("1", "roads"), move("2", "roads"), move("3", "front"));

  expect(actions(state)).toEqual(["1", "3"]);
});

test("two colleagues may be asked for advice at once, each of them once", () => {
  const consult = (id: string, who: string) =>
    act({ type: "consult", id, conversation: "a", agent: who, epoch: 1, note: null });
  const state = after(seated([owned("a")]), consult("1", "ola"), consult("2", "siri"), consult("3", "ola"));

  expect(actions(state)).toEqual(["1", "2"]);
});

describe("a whisper", () => {
  const turid = { kind: "agent", id: "turid", name: "Turid", department: "front" } as const;
  const whisper = (seq: number, more: Partial<WireEvent> = {}) =>
    event(seq, {
      id: `w${seq}`,
      stream: "desk",
      author: turid,
      body: { kind: "note", text: `Råd ${seq}`, masked: 0, handover: null, whisper: true },
      ...more,
    });
  const plain = event(1, {
    stream: "desk",
    author: turid,
    body: { kind: "note", text: "Notat", masked: 0, handover: null, whisper: false },
  });
  const heard = (id: string) => ({ type: "heard", conversation: "a", whisper: id }) as const;
  const texts = (state: State, of: Summary = owned("a")) => whispersTo(state, of).map(({ text }) => text);

  test("stands until its owner has put it away, and notes do not", () => {
    const state = after(seated([owned("a")]), frame(pushed("a", plain)), frame(pushed("a", whisper(2))), frame(pushed("a", whisper(3))));
    const one = after(state, heard("w2"));

    expect(texts(state)).toEqual(["Råd 2", "Råd 3"]);
    expect(allWhispers(state).map(({ whisper: { by } }) => by)).toEqual(["Turid", "Turid"]);
    expect(texts(one)).toEqual(["Råd 3"]);
    expect(after(one, heard("w2")).threads.a).toBe(one.threads.a);
  });

  test("stands though the citizen's words after it are read", () => {
    const state = after(seated([owned("a")]), frame(pushed("a", whisper(1))), frame(pushed("a", event(1))), {
      type: "seen",
      conversation: "a",
    });

    expect(texts(state)).toEqual(["Råd 1"]);
  });

  test("is not shown to who wrote it, nor to who does not have the conversation", () => {
    const state = after(seated([owned("a")]), frame(pushed("a", whisper(1, { mine: true }))), frame(pushed("a", whisper(2))));

    expect(texts(state)).toEqual(["Råd 2"]);
    expect(texts(state, owned("a", { owner: "ola" }))).toEqual([]);
  });

  test("put away stays so over a reload", () => {
    const before = after(seated([owned("a")]), frame(pushed("a", whisper(1))), frame(pushed("a", whisper(2))), heard("w1"));
    const state = after(
      INITIAL,
      { type: "signed_in", session: SESSION, kept: readKept(writeKept(before)) },
      frame(welcome(snapshot([owned("a")]))),
      frame({ ...answered("a", [whisper(1), whisper(2)]), stream: "desk" } as never),
    );

    expect(texts(state)).toEqual(["Råd 2"]);
  });

  test("that is refused goes back to where it was written, and not into the notes", () => {
    const said = act({ type: "note", id: "1", conversation: "a", text: "Be om adressen", whisper: true });
    const state = after(seated([owned("a")]), said, refused("1"));

    expect([draftOf(state, "a").whisper, draftOf(state, "a").note]).toEqual(["Be om adressen", ""]);
    expect(state.alerts.map(({ title }) => title)).toEqual(["refused_whisper"]);
  });

  test("said twice is two whispers", () => {
    const say = (id: string) => act({ type: "note", id, conversation: "a", text: "Hei", whisper: true });

    expect(actions(after(seated([owned("a")]), say("1"), say("2")))).toEqual(["1", "2"]);
  });
});

describe("a wall", () => {
  const departments = [
    ...DIRECTORY.departments,
    { id: "child", name: { nb: "Barnevern" }, confidential: true, hours: null, alerts: ALERTS },
  ];
  const arne = agent("arne", { roles: ["archivist"], departments: [] });
  const berit = agent("berit", { departments: ["child"] });
  const adam = agent("adam", { roles: ["admin"], departments: [] });
  const directory = { ...DIRECTORY, departments, agents: [...AGENTS, arne, berit, adam] };
  const behind = summary("a", { department: "child", state: "active", owner: "berit" });
  const at = (who: string, of: Summary = behind) =>
    after(seated(), frame({ ...welcome(snapshot([of]), who), directory }));
  const until = "2026-11-24T10:00:00Z";
  const denied = frame({ type: "refused", id: null, code: "not_found", conversation: "a", retry_after_s: null });

  test("stands before whoever is not of the department, and takes no part", () => {
    expect(isWalled(behind, at("vera"))).toBe(true);
    expect(isWalled(behind, at("berit"))).toBe(false);
    expect(isWalled({ ...behind, consulted: ["vera"] }, at("vera"))).toBe(false);
    expect(isWalled({ ...behind, department: "front" }, at("vera"))).toBe(false);
  });

  test("is broken by leaders, by archivists when all is over, and by nobody else", () => {
    const over = { ...behind, state: "closed", owner: null } as const;

    expect(["vera", "turid", "arne", "kari", "adam", "berit"].map((who) => mayBreakGlass(behind, at(who), AT))).toEqual(
      [true, true, false, false, false, false],
    );
    expect(["arne", "kari"].map((who) => mayBreakGlass(over, at(who), AT))).toEqual([true, false]);
  });

  test("once broken is open for a while, and not to be broken again meanwhile", () => {
    const open = { ...behind, glimpses: [{ agent: "vera", until }] };

    expect(glimpseOf(open, at("vera"), AT)).toBe(until);
    expect(mayBreakGlass(open, at("vera"), AT)).toBe(false);
    expect(glimpseOf(open, at("vera"), Date.parse(until))).toBeNull();
    expect(mayBreakGlass(open, at("vera"), Date.parse(until))).toBe(true);
    expect(glimpseOf({ ...behind, glimpses: [{ agent: "turid", until }] }, at("vera"), AT)).toBeNull();
  });

  test("is not climbed by taking what is behind it", () => {
    const waiting = { ...behind, state: "waiting", owner: null } as const;

    expect([mayTake(behind, at("vera")), mayTake(waiting, at("vera"))]).toEqual([false, false]);
    expect(mayTake({ ...behind, consulted: ["vera"] }, at("vera"))).toBe(false);
    expect(mayDecide({ ...behind, consulted: ["vera"] }, at("vera"))).toBe(false);
    expect(mayTake(waiting, at("berit"))).toBe(true);
    expect(mayTake({ ...behind, department: "front" }, at("vera"))).toBe(true);
    expect(mayTake({ ...behind, department: "front", state: "closed" }, at("vera"))).toBe(false);
    expect(mayTake({ ...behind, department: "front" }, at("kari"))).toBe(false);
  });

  test("broken or not, is only looked through: nothing is done about what is behind it", () => {
    const open: Summary = { ...behind, alarm: "threat", glimpses: [{ agent: "vera", until }] };
    const over: Summary = { ...open, state: "closed", owner: null };

    for (const of of [open, { ...open, glimpses: [] }]) {
      expect(mayDecide(of, at("vera", of))).toBe(false);
      expect(["block", "alarm"].filter((one) => mayAsk(one as "block", of, at("vera", of)))).toEqual([]);
      expect(mayAsk("why", of, at("vera", of))).toBe(true);
    }
    expect(isClassifiedAside(over, at("vera", over))).toBe(false);
    expect(mayAsk("alarm", behind, at("berit"))).toBe(true);
  });

  test("being broken, the words are asked for again", () => {
    const { state } = run(at("vera"), { type: "select", conversation: "a" }, denied);
    const open = { ...behind, version: 2, glimpses: [{ agent: "vera", until }] };
    const opened = run(state, frame({ type: "summary", summary: open }));

    expect([state.threads.a?.denied, state.following.a]).toEqual([true, undefined]);
    expect(opened.state.threads.a?.denied).toBe(false);
    expect(opened.sent.map(({ type }) => type)).toEqual(["follow", "follow"]);
  });

  test("standing again, what was read behind it is forgotten", () => {
    const reading = after(
      at("vera", { ...behind, glimpses: [{ agent: "vera", until }] }),
      { type: "select", conversation: "a" },
      frame(pushed("a", event(1))),
    );
    const over = after(reading, denied);

    expect(eventsOf(reading.threads.a, "dialogue")).toHaveLength(1);
    expect([eventsOf(over.threads.a, "dialogue"), over.threads.a?.denied]).toEqual([[], true]);
  });

  test("a desk that is only busy makes nobody forget", () => {
    const busy = frame({ type: "refused", id: null, code: "busy", conversation: "a", retry_after_s: 2 });
    const reading = after(at("berit"), { type: "select", conversation: "a" }, frame(pushed("a", event(1))));

    expect(eventsOf(after(reading, busy).threads.a, "dialogue")).toHaveLength(1);
  });

  test("a reason that is refused goes back to where it was written", () => {
    const said = act({ type: "break_glass", id: "1", conversation: "a", reason: "Fare for barn" });
    const state = after(at("vera"), said, refused("1", "not_found"));

    expect(draftOf(state, "a").glass).toBe("Fare for barn");
  });

  test("a reason half written is kept over a reload, and the glass is broken once", () => {
    const write = { type: "draft", conversation: "a", draft: { glass: "Fare" } } as const;
    const twice = (id: string) => act({ type: "break_glass", id, conversation: "a", reason: "Fare" });

    expect(readKept(writeKept(after(at("vera"), write))).drafts.a?.glass).toBe("Fare");
    expect(actions(after(at("vera"), twice("1"), twice("2")))).toEqual(["1"]);
  });
});

describe("earlier enquiries", () => {
  const row = {
    conversation: "b",
    opened_at: "2026-10-01T08:00:00Z",
    closed_at: "2026-10-01T08:20:00Z",
    state: "closed",
    topic: "snow",
    department: "roads",
    agents: ["siri"],
    outcome: "answered",
    rating: "yes",
  } as const;
  const told = (state: State, answer: State["earlier"][string], id = "a") =>
    after(state, { type: "earlier", conversation: id, answer });

  test("are those the ledger shows, in its order", () => {
    const older = { ...row, conversation: "c", opened_at: "2026-09-01T08:00:00Z" };

    expect(readEarlier({ conversations: [row, older] })).toEqual([row, older]);
    expect(() => readEarlier({ code: "busy" })).toThrow();
  });

  test("stay on screen while they are asked for again, and go with the conversation", () => {
    const state = told(seated([owned("a")]), [row]);
    const gone = after(state, frame({ type: "summary", summary: owned("a", { version: 2, owner: "ola" }) }));

    expect(told(state, "asking").earlier.a).toEqual([row]);
    expect(told(told(state, "failed"), "asking").earlier.a).toBe("asking");
    expect(gone.earlier).toEqual({});
    expect(told(state, [row], "unknown").earlier.unknown).toBeUndefined();
  });

  test("are asked for only where the conversation itself may be read", () => {
    const state = seated([owned("a")]);
    const read = after(state, frame(answered("a", [event(1)])));
    const no = after(read, frame({ type: "refused", id: null, code: "not_found", conversation: "a", retry_after_s: null }));

    expect([state, read, no].map((one) => mayAskEarlier(one, "a"))).toEqual([false, true, false]);
    expect(mayAskEarlier(after(read, { type: "link", link: "lost" }), "a")).toBe(false);
  });

  test("are read as the archive wrote them; what was erased says so", () => {
    const { mine: _, ...words } = event(1);
    const erased = { ...words, id: "e2", seq: 2, body: { kind: "erased" } };
    const copy = { format: "prek.transcript.v1", events: [words, erased] };

    expect(readCopy(copy).map((line) => line.event?.body ?? null)).toEqual([words.body, null]);
    expect(() => readCopy({ ...copy, format: "prek.transcript.v9" })).toThrow();
  });
});

describe("set by a leader", () => {
  const presence = (more: object) =>
    frame({ type: "presence", agent: "kari", presence: "away", reason: "set_by_leader", misses: 0, ...more });
  const titles = (state: State) => state.alerts.map(({ title }) => title);

  test("it is said in words, once", () => {
    const state = after(seated(), presence({}), presence({}));

    expect(titles(state)).toEqual(["set_by_leader_away"]);
    expect(titles(after(state, { type: "dismiss", alert: "set-by-leader" }, presence({})))).toEqual([]);
    expect(titles(after(state, presence({ presence: "available" })))).toEqual(["set_by_leader_available"]);
  });

  test("what the agent chose, or what a colleague is, is not", () => {
    expect(titles(after(seated(), presence({ reason: "lunch" })))).toEqual([]);
    expect(titles(after(seated(), presence({ agent: "ola" })))).toEqual([]);
  });
});

test("the list of replies opens where one may write and there are any", () => {
  const replies = [{ id: "r", department: null, title: "R", text: { nb: "R" }, words: [] }];
  const with_ = after(seated([owned("a")]), frame({ type: "directory", directory: { ...DIRECTORY, version: 2, replies } }));

  expect(mayAsk("replies", owned("a"), with_)).toBe(true);
  expect(mayAsk("replies", owned("a"), seated([owned("a")]))).toBe(false);
  expect(mayAsk("replies", owned("a", { owner: "ola" }), with_)).toBe(false);
});
