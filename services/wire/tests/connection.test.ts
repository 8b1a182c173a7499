import { expect, test } from "vitest";
import { Connection, type ConnectionOptions, type LineState, type Socket } from "../src";

interface Frame {
  type: string;
}

/** A clock, sockets and a server that answer only when told. */
class World {
  time = 0;
  timers: { at: number; call: () => void }[] = [];
  sockets: FakeSocket[] = [];
  states: LineState[] = [];
  frames: Frame[] = [];
  hellos = 0;

  connection(options: Partial<ConnectionOptions<Frame, Frame>> = {}) {
    return new Connection<Frame, Frame>({
      url: "wss://gateway.test/ws",
      hello: () => {
        this.hellos += 1;
        return { type: "hello" };
      },
      heartbeat: () => ({ type: "heartbeat" }),
      welcome: (frame) => (frame.type === "welcome" ? 10 : null),
      onFrame: (frame) => void this.frames.push(frame),
      onState: (state) => void this.states.push(state),
      surroundings: {
        open: (url, subprotocol) => this.open(url, subprotocol),
        now: () => this.time,
        random: () => 1,
        setTimer: (call, ms) => {
          const timer = { at: this.time + ms, call };
          this.timers.push(timer);
          return timer;
        },
        clearTimer: (timer) => {
          this.timers = this.timers.filter((one) => one !== timer);
        },
      },
      ...options,
    });
  }

  open(url: string, subprotocol: string): Socket {
    const socket = new FakeSocket(url, subprotocol);
    this.sockets.push(socket);
    return socket;
  }

  get socket(): FakeSocket {
    return this.sockets.at(-1) as FakeSocket;
  }

  async welcome() {
    this.socket.onopen?.(null as never);
    await Promise.resolve();
    await Promise.resolve();
    this.socket.say({ type: "welcome" });
  }

  /** Let time pass; timers fire in order, or all at the end when `throttled`. */
  pass(ms: number, throttled = false) {
    const end = this.time + ms;
    if (throttled) this.time = end;
    for (;;) {
      const next = this.timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      this.timers = this.timers.filter((one) => one !== next);
      this.time = Math.max(this.time, next.at);
      next.call();
    }
    this.time = end;
  }
}

class FakeSocket implements Socket {
  sent: Frame[] = [];
  closedWith: number | undefined;
  onopen: ((event: never) => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  onerror: ((event: never) => void) | null = null;

  constructor(
    readonly url: string,
    readonly subprotocol: string,
  ) {}

  send(data: string) {
    this.sent.push(JSON.parse(data) as Frame);
  }

  close(code?: number) {
    this.closedWith = code;
  }

  say(frame: Frame) {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }

  beats() {
    return this.sent.filter(({ type }) => type === "heartbeat").length;
  }
}

test("hello first, under the subprotocol; nothing is sent before the welcome", async () => {
  const world = new World();
  const connection = world.connection();
  connection.start();
  expect(connection.send({ type: "send" })).toBe(false);
  await world.welcome();
  expect(connection.send({ type: "send" })).toBe(true);
  expect(world.socket.subprotocol).toBe("prek.v1");
  expect(world.socket.sent.map(({ type }) => type)).toEqual(["hello", "send"]);
  expect(world.states).toEqual(["connecting", "ready"]);
  expect(world.frames.map(({ type }) => type)).toEqual(["welcome"]);
});

test("the welcome is heard before the line is said to be ready, and may send", async () => {
  const world = new World();
  const heard: string[] = [];
  const connection: Connection<Frame, Frame> = world.connection({
    onFrame: (frame) => heard.push(`${frame.type} ${connection.send({ type: "sync" })}`),
    onState: (state) => heard.push(state),
  });
  connection.start();
  await world.welcome();
  expect(heard).toEqual(["connecting", "welcome true", "ready"]);
});

test("reconnects with growing waits, and at once again after a welcome", async () => {
  const world = new World();
  const waits: number[] = [];
  world.connection().start();
  for (let i = 0; i < 9; i += 1) {
    const before = world.time;
    world.socket.onclose?.({ code: 1006 });
    const count = world.sockets.length;
    while (world.sockets.length === count) world.pass(100);
    waits.push(world.time - before);
  }
  expect(waits).toEqual([200, 400, 800, 1600, 3200, 6400, 10_000, 10_000, 10_000]);
  await world.welcome();
  world.socket.onclose?.({ code: 1006 });
  const count = world.sockets.length;
  world.pass(200);
  expect(world.sockets).toHaveLength(count + 1);
});

test("a restarting server is given up to 3 s, an overloaded one 5", async () => {
  for (const [code, wait] of [
    [1012, 3_000],
    [1013, 5_000],
    [4009, 5_000],
  ] as const) {
    const world = new World();
    world.connection().start();
    await world.welcome();
    world.socket.onclose?.({ code });
    world.pass(wait - 1);
    expect(world.sockets).toHaveLength(1);
    world.pass(1);
    expect(world.sockets).toHaveLength(2);
  }
});

test("heartbeats go on time; a silent line is dead after two and a half", async () => {
  const world = new World();
  world.connection().start();
  await world.welcome();
  world.pass(10_000);
  expect(world.socket.beats()).toBe(1);
  world.socket.say({ type: "heartbeat" });
  world.pass(24_000);
  expect(world.states.at(-1)).toBe("ready");
  world.pass(1_000);
  expect(world.states.at(-1)).toBe("lost");
  expect(world.sockets[0]?.closedWith).toBe(1000);
});

test("a throttled tab asks before it gives the line up", async () => {
  const world = new World();
  world.connection().start();
  await world.welcome();
  for (let minute = 0; minute < 5; minute += 1) {
    const beats = world.socket.beats();
    world.pass(60_000, true);
    expect(world.socket.beats()).toBe(beats + 1);
    world.socket.say({ type: "heartbeat" });
  }
  expect(world.sockets).toHaveLength(1);
  world.pass(60_000, true);
  world.pass(10_000);
  expect(world.states.at(-1)).toBe("lost");
});

test("without a welcome within 10 s it tries another socket", () => {
  const world = new World();
  world.connection().start();
  world.pass(10_000);
  expect(world.states.at(-1)).toBe("lost");
  world.pass(200);
  expect(world.sockets).toHaveLength(2);
});

test("no hello: signed out; a hello that fails is tried again", async () => {
  const world = new World();
  world.connection({ hello: () => null }).start();
  world.socket.onopen?.(null as never);
  await Promise.resolve();
  await Promise.resolve();
  expect(world.states.at(-1)).toBe("stopped");

  const other = new World();
  other.connection({ hello: () => Promise.reject(new Error("offline")) }).start();
  other.socket.onopen?.(null as never);
  await Promise.resolve();
  await Promise.resolve();
  expect(other.states.at(-1)).toBe("lost");
});

test("a nudge connects at once, and asks a line that is up", async () => {
  const world = new World();
  const connection = world.connection();
  connection.start();
  world.socket.onclose?.({ code: 1006 });
  connection.nudge();
  expect(world.sockets).toHaveLength(2);
  await world.welcome();
  connection.nudge();
  expect(world.socket.beats()).toBe(1);
});

test("stopped is stopped, restarted says hello anew, and an old socket is not heard", async () => {
  const world = new World();
  const connection = world.connection();
  connection.start();
  await world.welcome();
  const old = world.socket;
  connection.restart();
  expect(world.sockets).toHaveLength(2);
  old.say({ type: "event" });
  expect(world.frames).toHaveLength(1);
  await world.welcome();
  expect(world.hellos).toBe(2);
  connection.stop();
  world.pass(60_000);
  expect(world.sockets).toHaveLength(2);
});
