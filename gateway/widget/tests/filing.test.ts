import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { FileBox } from "../src/frame/filebox";
import { Filing } from "../src/frame/filing";
import { reduce, type Happening } from "../src/frame/reduce";
import type { State } from "../src/frame/state";
import type { Put, PutAnswer } from "../src/frame/transfer";
import { after, CITIZEN, event, frame, IDS, talking } from "./sample";

type Answer = PutAnswer | "stopped";

const answer = (status: number, code = "", retryAfterS: number | null = null): PutAnswer => ({
  status,
  code,
  retryAfterS,
});

/** A browser's database that remembers, and what was asked of it. */
class Memory implements FileBox {
  readonly items = new Map<string, Blob>();
  put = async (id: string, bytes: Blob) => void this.items.set(id, bytes);
  get = async (id: string) => this.items.get(id) ?? null;
  delete = async (id: string) => void this.items.delete(id);
  keepOnly = async (ids: readonly string[]) => {
    for (const id of this.items.keys()) if (!ids.includes(id)) this.items.delete(id);
  };
}

/** A session and a store whose answers the test gives. */
class Scene {
  state: State = after(talking(), { kind: "line", line: "ready" });
  readonly puts: (Put & { answer: (with_: Answer) => void })[] = [];
  renewed = 0;
  readonly filing: Filing;

  constructor(readonly box = new Memory()) {
    this.filing = new Filing(
      {
        state: () => this.state,
        dispatch: (happening) => this.dispatch(happening),
        bearer: () => "token",
        renew: () => (this.renewed += 1),
      },
      "sarpsborg",
      box,
      (put) => new Promise((answer) => this.puts.push({ ...put, answer })),
    );
  }

  dispatch(happening: Happening): void {
    const before = this.state;
    this.state = reduce(before, happening);
    if (this.state !== before) this.filing.follow(before);
  }

  /** Choose these and send them; returns their ids. */
  send(...names: string[]): string[] {
    this.filing.choose(names.map((name) => new File(["bytes"], name)));
    const ids = this.state.chosen.map(({ id }) => id);
    this.dispatch({ kind: "submitted", ids: { ...IDS, send: "m2" }, anyway: false });
    return ids;
  }

  stages(): string[] {
    return this.state.uploads.map(({ stage }) => stage);
  }
}

const settled = () => vi.advanceTimersByTimeAsync(0);

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("document", { baseURI: "https://chat.example.no/widget/frame.html" });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("files are put one after another, under their ids and with the token in a header", async () => {
  const scene = new Scene();
  const [first, second] = scene.send("en.pdf", "to.pdf");
  await settled();
  expect(scene.puts.map(({ address, token, name }) => [address, token, name])).toEqual([
    [`https://chat.example.no/api/files/c1/${first}`, "token", "en.pdf"],
  ]);
  // Until the store has it, a reload finds it again.
  expect([...scene.box.items.keys()]).toEqual([first]);
  scene.puts[0]?.onPart(0.5);
  expect(scene.state.uploads[0]?.part).toBe(0.5);
  scene.puts[0]?.answer(answer(200));
  await settled();
  expect(scene.stages()).toEqual(["stored", "sending"]);
  expect(scene.puts[1]?.address).toContain(second);
  expect([...scene.box.items.keys()]).toEqual([second]);
});

test("a lost line is tried again under the same id, later and later", async () => {
  const scene = new Scene();
  const [id] = scene.send("en.pdf");
  await settled();
  scene.puts[0]?.answer(answer(0));
  await settled();
  expect(scene.stages()).toEqual(["queued"]);
  await vi.advanceTimersByTimeAsync(3_000);
  expect(scene.puts).toHaveLength(2);
  scene.puts[1]?.answer(answer(503, "busy", 7));
  await vi.advanceTimersByTimeAsync(6_900);
  expect(scene.puts).toHaveLength(2);
  await vi.advanceTimersByTimeAsync(200);
  expect(scene.puts.map(({ address }) => address.endsWith(id ?? "?"))).toEqual([true, true, true]);
});

test("a token that opens nothing is renewed; a refusal is final", async () => {
  const scene = new Scene();
  scene.send("en.pdf");
  await settled();
  scene.puts[0]?.answer(answer(401, "token_invalid"));
  await settled();
  expect([scene.renewed, scene.stages()]).toEqual([1, ["queued"]]);
  await vi.advanceTimersByTimeAsync(3_000);
  scene.puts[1]?.answer(answer(422, "file_infected"));
  await settled();
  expect(scene.state.uploads[0]).toMatchObject({ stage: "failed", why: "file_infected" });
  expect(scene.puts).toHaveLength(2);
});

test("a file that is dropped is stopped, and the next one goes", async () => {
  const scene = new Scene();
  const [first, second] = scene.send("en.pdf", "to.pdf");
  await settled();
  scene.dispatch({ kind: "upload_dropped", id: first ?? "" });
  expect(scene.puts[0]?.stop.aborted).toBe(true);
  scene.puts[0]?.answer("stopped");
  await settled();
  expect(scene.puts[1]?.address).toContain(second);
  expect([...scene.box.items.keys()]).toEqual([second]);
});

test("after a reload the bytes are found in the browser, or it is said that they are gone", async () => {
  const before = new Scene();
  const [id] = before.send("en.pdf");
  await settled();
  const reloaded = new Scene(before.box);
  reloaded.dispatch({ kind: "line", line: "lost" });
  reloaded.state = { ...before.state, line: "connecting" };
  reloaded.state = { ...reloaded.state, uploads: before.state.uploads.map(queued) };
  reloaded.box.items.set(id ?? "", new Blob(["bytes"]));
  reloaded.dispatch({ kind: "line", line: "ready" });
  await settled();
  expect(reloaded.puts.map(({ bytes }) => bytes.size)).toEqual([5]);

  const lost = new Scene();
  lost.state = { ...reloaded.state, line: "connecting", uploads: before.state.uploads.map(queued) };
  lost.dispatch({ kind: "line", line: "ready" });
  await settled();
  expect([lost.puts.length, lost.state.uploads[0]?.why]).toEqual([0, "file_gone"]);
});

const queued = (upload: State["uploads"][number]) => ({ ...upload, stage: "queued" }) as const;

test("what a receipt opened leaves no bytes on the machine", async () => {
  const scene = new Scene();
  scene.state = { ...scene.state, conversation: { id: "c1", opened: true, byReceipt: true } };
  scene.send("en.pdf");
  await settled();
  expect([scene.puts.length, scene.box.items.size]).toEqual([1, 0]);
});

test("a file is fetched with the tab's token, then the copy's; what failed is asked for again", async () => {
  const scene = new Scene();
  const asked: unknown[] = [];
  const replies = [401, 404, 200];
  vi.stubGlobal("fetch", async (_: string, init: { headers: unknown }) => {
    asked.push(init.headers);
    return new Response("bytes", { status: replies.shift() ?? 500 });
  });
  const status = scene.state.status;
  scene.state = { ...scene.state, status: status && { ...status, token: "copy" } };
  await expect(scene.filing.picture("f1")).rejects.toThrow();
  expect(asked).toEqual([{ Authorization: "Bearer token" }, { Authorization: "Bearer copy" }]);
  await expect(scene.filing.picture("f1")).resolves.toMatch(/^blob:/);
});

test("forgetting stops what goes, and leaves no bytes", async () => {
  const scene = new Scene();
  scene.send("en.pdf");
  await settled();
  scene.filing.forget();
  expect([scene.puts[0]?.stop.aborted, scene.box.items.size]).toEqual([true, 0]);
});

test("a committed file is on its way no more", async () => {
  const scene = new Scene();
  const [id] = scene.send("en.pdf");
  await settled();
  const body = {
    kind: "attached",
    file: id ?? "",
    name: "en.pdf",
    media_type: "application/pdf",
    size: 5,
    sha256: "0".repeat(64),
    scan: "unscanned",
    width: null,
    height: null,
    masked: 0,
  } as const;
  const mine = { id: id ?? "", mine: true, author: CITIZEN };
  scene.dispatch(frame({ type: "event", event: event(3, body, mine) }));
  expect([scene.state.uploads, scene.box.items.size]).toEqual([[], 0]);
});
