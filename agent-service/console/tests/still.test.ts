/** What has not changed is not drawn again, and still stands there as it would if it were. */
import { h } from "preact";
import { describe, expect, test, vi } from "vitest";
import { waitingLine } from "../src/board";
import { Conversations } from "../src/leading/conversations";
import type { State } from "../src/model";
import { Lists } from "../src/views/list";
import { Log } from "../src/views/log";
import { differ } from "../src/views/still";
import { drawings, Page } from "./page";
import { AGENTS, after, AT, answered, event, frame, ours, owned, pushed, seated, snapshot, summary, welcome } from "./sample";
import { Ledger, Seat, seeded } from "./world";

// The log follows its end, and looks whether its tab is in view.
vi.stubGlobal("document", { hidden: false, addEventListener: () => undefined, removeEventListener: () => undefined });
vi.stubGlobal("ResizeObserver", class { observe() {} disconnect() {} });

const lists = () => new Page(() => h(Lists, {}));
const board = () => new Page(() => h(Conversations, {}));
const log = () => new Page(() => h(Log, { conversation: "mine", children: null }));

/** A supervisor's desk: so many in line, and so many with colleagues. */
const full = (waiting: number, active: number): State => {
  const line = Array.from({ length: waiting }, (_, n) => summary(`w${n}`));
  const theirs = Array.from({ length: active }, (_, n) => owned(`a${n}`, { owner: "ola" }));
  return after(seated(), frame(welcome(snapshot(theirs, line), "vera")));
};
const told = (state: State, ...changed: ReturnType<typeof summary>[]) =>
  after(state, ...changed.map((one) => frame({ type: "summary", summary: one })));
const later = (conversation: string) =>
  owned(conversation, { owner: "ola", version: 2, topic: "snow" });

describe("the lists", () => {
  test("draw the one row of two hundred and fifty that has changed, and no other", () => {
    const page = lists();
    const state = full(200, 50);
    page.draw(state, AT);
    const drawn = drawings(() => page.draw(told(state, later("a7")), AT));

    expect([drawn.Waiting ?? 0, drawn.Other]).toEqual([0, 1]);
  });

  test("draw nobody's row because somebody comes or goes", () => {
    const page = lists();
    const state = full(200, 50);
    page.draw(state, AT);
    const left = summary("w100", { state: "closed", version: 2 });
    const drawn = drawings(() => page.draw(told(state, left, summary("new")), AT));

    expect([drawn.Waiting, drawn.Other ?? 0]).toEqual([1, 0]);
  });

  test("draw as a second passes only the rows whose wait is told in seconds", () => {
    const page = lists();
    const state = told(full(200, 50), summary("new", { entered_at: new Date(AT + 90_000).toISOString() }));
    page.draw(state, AT + 100_000);
    const drawn = drawings(() => page.draw(state, AT + 101_000));

    expect([drawn.Waiting, drawn.Other ?? 0]).toEqual([1, 0]);
  });

  test("draw the row one leaves and the row one comes to when another is chosen", () => {
    const page = lists();
    const state = full(200, 50);
    page.draw(after(state, { type: "select", conversation: "w1" }), AT);
    const drawn = drawings(() => page.draw(after(state, { type: "select", conversation: "w2" }), AT));

    expect(drawn.Waiting).toBe(2);
  });
});

test("the board draws the one row that has changed, and those that show their actions", () => {
  const page = board();
  const state = full(200, 50);
  page.draw(state, AT);
  const drawn = drawings(() => page.draw(told(state, later("a7")), AT));

  expect(drawn.Row).toBe(1);
});

test("the log draws the words that have come, and those before them stay", () => {
  const page = log();
  const words = Array.from({ length: 100 }, (_, n) => event(n + 1));
  const state = after(seated([owned("mine")]), frame(answered("mine", words)));
  page.draw(state, AT);
  const drawn = drawings(() => page.draw(after(state, frame(pushed("mine", event(101)))), AT + 1_000));

  expect(drawn.EventRow).toBe(1);
});

test("a list is made once of a board, and anew of the next one", () => {
  const { board: before } = full(3, 2);
  const line = waitingLine(before);
  const { board: next } = told(full(3, 2), summary("new"));

  expect(waitingLine(before)).toBe(line);
  expect(waitingLine(next).map(({ conversation }) => conversation)).toEqual(["new", "w0", "w1", "w2"]);
});

test("values differ when one of them does, and when there are more of them", () => {
  expect(differ([1, "a"], [1, "a"])).toBe(false);
  expect(differ([1, "a"], [1, "b"])).toBe(true);
  expect(differ([1], [1, 2])).toBe(true);
  expect(differ([Number.NaN], [Number.NaN])).toBe(false);
});

/** How much time passes between two drawings, in ms: from nothing to another day. */
const PASSING = [0, 40, 900, 1_000, 20_000, 61_000, 3_600_000, 86_400_000];

const LOOKERS = AGENTS.filter(({ id }) => ["kari", "turid", "vera"].includes(id));

/** What stands there; the board keeps the order its rows came in, which one drawn anew cannot know. */
const standsOn = (page: Page) => String(page).split(/(?=<tr)|(?<=<\/tr>)/).sort();

describe.each(LOOKERS.map((profile) => [profile.id, profile] as const))("before %s", (id, profile) => {
  test.each([["lists", lists], ["board's rows", board]] as const)(
    "the %s stand after every change and at every time as if they were drawn anew",
    (_, page) => {
      for (let seed = 1; seed <= 4; seed += 1) {
        const chance = seeded(seed);
        const ledger = new Ledger(chance);
        for (let n = 0; n < 10; n += 1) ledger.move();
        const seat = new Seat(profile);
        let state = after(seated(), frame(welcome(seat.read(ledger), id)));
        let now = AT;
        const standing = page();
        for (let step = 0; step < 50; step += 1) {
          const changed = ledger.move();
          if (seat.tells(changed)) state = told(state, changed);
          state = said(state, chance, now);
          now += PASSING[Math.floor(chance() * PASSING.length)] ?? 0;
          standing.draw(state, now);
          const anew = page();
          anew.draw(state, now);

          expect(standsOn(standing), `history ${seed}, step ${step}`).toEqual(standsOn(anew));
        }
      }
    },
    30_000,
  );
});

/** Something is said, read, written or looked at in what this agent follows. */
function said(state: State, chance: () => number, at: number): State {
  const followed = Object.keys(state.following);
  const id = followed[Math.floor(chance() * followed.length)];
  if (id === undefined) return state;
  const seq = (state.threads[id]?.streams.dialogue?.cursor.last ?? 0) + 1;
  const one = chance() < 0.5 ? event(seq) : ours(seq, `o${seq}`);
  const typing = { type: "typing", conversation: id, author: "citizen" } as const;
  return after(
    state,
    chance() < 0.5 ? frame(pushed(id, one)) : { type: "select", conversation: id },
    chance() < 0.5 ? { type: "frame", frame: typing, at, jitter: 0 } : { type: "seen", conversation: id },
  );
}

/** Whether the log stands after each of these as it would if it were drawn anew. */
function expectSame(standing: Page, state: State, now: number): void {
  standing.draw(state, now);
  const anew = log();
  anew.draw(state, now);

  expect(String(standing)).toBe(String(anew));
}

test("the log stands as if it were drawn anew when the day of a deadline has come", () => {
  const deadline = { kind: "made_written", reason: "answer_later", due_at: "2026-11-25T12:00:00Z", receipt: "SA-1", answer_by: "receipt" } as const;
  const state = after(seated([owned("mine")]), frame(answered("mine", [event(1, { body: deadline })])));
  const standing = log();
  expectSame(standing, state, AT);
  expectSame(standing, state, AT + 86_400_000);
});

test("the log stands as if it were drawn anew when what was said before comes after", () => {
  const standing = log();
  const later = { ...answered("mine", [event(1, { id: "later" })]), stream: "dialogue-2" } as const;
  let state = after(seated([owned("mine")]), frame(later));
  expectSame(standing, state, AT);
  state = after(state, frame(answered("mine", [event(1)])));
  expectSame(standing, state, AT);
});
