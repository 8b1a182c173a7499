/** The end of a session: warned of in time, put off by a person, and known in every tab. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { isEnding, Lasting, readSession } from "../src/lasting";
import { type Lasts, NOTHING_KEPT, type Session } from "../src/model";
import { after, seated, SESSION } from "./sample";

const HOUR_MS = 3_600_000;
const WARN_MS = 600_000;

const answer = (left_s: number, more: object = {}) => ({
  agent: "kari",
  name: "Kari",
  tenant: "sarpsborg",
  left_s,
  warn_s: 600,
  extendable: true,
  again: null,
  ...more,
});

/** The tabs of one browser, and what they hear of each other: never themselves. */
class Tabs {
  readonly all: Tab[] = [];
  constructor(readonly server: Server) {}

  open(): Tab {
    const tab = new Tab(this, readSession(this.server.told(), Date.now()));
    this.all.push(tab);
    return tab;
  }
}

class Server {
  endsAt = Date.now() + 12 * HOUR_MS;
  asked: string[] = [];
  /** How it answers an extension. */
  status = 200;
  away = false;
  more: object = {};

  told = () => answer((this.endsAt - Date.now()) / 1_000, this.more);

  request = (method: string, path: string): Promise<Response | null> => {
    this.asked.push(`${method} ${path}`);
    if (this.away) return Promise.resolve(null);
    if (method === "POST" && this.status !== 200) {
      return Promise.resolve(new Response("{}", { status: this.status }));
    }
    if (method === "POST") this.endsAt = Date.now() + 12 * HOUR_MS;
    return Promise.resolve(Response.json(this.told()));
  };
}

class Tab {
  readonly lasting: Lasting;
  endings = 0;

  constructor(tabs: Tabs, public session: Session | null) {
    this.lasting = new Lasting({
      request: tabs.server.request,
      session: () => this.session,
      renewed: (session) => {
        this.session = session;
        this.lasting.follow(session.lasts);
      },
      ended: () => (this.endings += 1),
      others: this.channel,
    });
    this.channel.postMessage = () => {
      for (const other of tabs.all) if (other !== this) other.channel.onmessage?.();
    };
    if (session !== null) this.lasting.follow(session.lasts);
  }

  readonly channel: { postMessage: () => void; onmessage: (() => void) | null } = {
    postMessage: () => undefined,
    onmessage: null,
  };

  get warned(): boolean {
    return this.session !== null && isEnding(this.session.lasts, Date.now());
  }
}

beforeEach(() => void vi.useFakeTimers({ now: Date.parse("2026-11-27T08:00:00Z") }));
afterEach(() => void vi.useRealTimers());

test("the end is by this browser's clock, however the server's goes", () => {
  const { lasts, agent } = readSession(answer(60), 5_000);

  expect(agent).toBe("kari");
  expect(lasts).toEqual({ endsAt: 65_000, warnMs: WARN_MS, extendable: true, again: null });
});

test("it is warned of from so long before, and not a moment sooner", () => {
  const lasts: Lasts = { endsAt: 1_000_000, warnMs: 600_000, extendable: true, again: null };

  expect([399_999, 400_000, 1_000_001].map((now) => isEnding(lasts, now))).toEqual([
    false,
    true,
    true,
  ]);
});

test("one press puts it off, in every tab", async () => {
  const tabs = new Tabs(new Server());
  const [here, there] = [tabs.open(), tabs.open()];
  await vi.advanceTimersByTimeAsync(12 * HOUR_MS - WARN_MS);
  const warned = [here.warned, there.warned];
  const failed = await here.lasting.extend();
  await vi.advanceTimersByTimeAsync(0);

  expect(warned).toEqual([true, true]);
  expect(failed).toBeNull();
  expect([here.warned, there.warned]).toEqual([false, false]);
});

test("who did not hear of it asks before warning", async () => {
  const server = new Server();
  const tab = new Tabs(server).open();
  server.endsAt += 12 * HOUR_MS;
  await vi.advanceTimersByTimeAsync(12 * HOUR_MS - WARN_MS);
  const before = tab.warned;
  await vi.advanceTimersByTimeAsync(12 * HOUR_MS);

  expect([before, tab.warned]).toEqual([false, true]);
  expect(server.asked).toEqual(["GET /api/session", "GET /api/session"]);
});

test("a tab that is told asks, and tells nobody in turn", async () => {
  const tabs = new Tabs(new Server());
  const [here] = [tabs.open(), tabs.open(), tabs.open()];
  here?.lasting.tell();
  await vi.advanceTimersByTimeAsync(HOUR_MS);

  expect(tabs.server.asked).toEqual(["GET /api/session", "GET /api/session"]);
});

test("a server that is away is said to be, and the press can be repeated", async () => {
  const server = new Server();
  const tab = new Tabs(server).open();
  await vi.advanceTimersByTimeAsync(12 * HOUR_MS - WARN_MS);
  server.away = true;
  const failed = await tab.lasting.extend();
  const still = tab.warned;
  server.away = false;

  expect([failed, still]).toEqual(["session_not_extended", true]);
  expect(await tab.lasting.extend()).toBeNull();
  expect(tab.warned).toBe(false);
});

test("one that ran out is asked about, and not put off", async () => {
  const server = new Server();
  const tab = new Tabs(server).open();
  server.status = 401;

  expect(await tab.lasting.extend()).toBe("session_not_extended");
  expect(tab.endings).toBe(1);
});

test("where it lasts no longer, one is told where to sign in again", async () => {
  const server = new Server();
  const tab = new Tabs(server).open();
  const again = "/api/sign-in/sarpsborg/entra";
  server.status = 409;
  server.more = { extendable: false, again };

  expect(await tab.lasting.extend()).toBe("session_not_extended");
  expect(tab.session?.lasts).toMatchObject({ extendable: false, again });
});

test("another agent's sign-in in the same browser puts nothing off here", async () => {
  const tabs = new Tabs(new Server());
  const [ours, theirs] = [tabs.open(), tabs.open()];
  const end = ours.session?.lasts.endsAt;
  tabs.server.more = { agent: "ola", name: "Ola" };
  tabs.server.endsAt += 6 * HOUR_MS;
  theirs.lasting.tell();
  await vi.advanceTimersByTimeAsync(0);

  expect(ours.session).toMatchObject({ agent: "kari", lasts: { endsAt: end, extendable: false } });
});

test("nobody who has signed out is asked about", async () => {
  const tabs = new Tabs(new Server());
  const [here, there] = [tabs.open(), tabs.open()];
  there.session = null;
  here.lasting.tell();
  await vi.advanceTimersByTimeAsync(13 * HOUR_MS);

  expect(there.session).toBeNull();
  expect(tabs.server.asked.filter((what) => what.startsWith("GET"))).toHaveLength(1);
});

test("what is half written is there when the session lasts longer, and after it ran out too", () => {
  const written = after(seated(), { type: "draft", conversation: "c1", draft: { reply: "Hei, Gr" } });
  const longer = { ...SESSION, lasts: { ...SESSION.lasts, endsAt: 1 } };
  const extended = after(written, { type: "signed_in", session: longer, kept: NOTHING_KEPT });
  const back = after(
    written,
    { type: "signed_out", ended: true },
    { type: "signed_in", session: longer, kept: NOTHING_KEPT },
  );

  expect(extended.drafts).toEqual(written.drafts);
  expect(extended.session?.lasts.endsAt).toBe(1);
  expect(back.drafts.c1?.reply).toBe("Hei, Gr");
});
