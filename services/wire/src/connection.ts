/**
 * A WebSocket that comes back: hello first, heartbeats, a dead line is noticed, reconnects with
 * jitter. It knows nothing of what the frames mean; time, chance and the socket are given to it.
 */

export const SUBPROTOCOL = "prek.v1";
export const CLOSE_TOKEN = 4001;
export const CLOSE_SLOW = 4008;
export const CLOSE_RATE = 4009;
const CLOSE_RESTART = 1012;
const CLOSE_OVERLOAD = 1013;

const FIRST_DELAY_MS = 200;
const LONGEST_DELAY_MS = 10_000;
const RESTART_JITTER_MS = 3_000;
const OVERLOAD_DELAY_MS = 5_000;
/** From the start of connecting to the welcome. */
const WELCOME_TIMEOUT_MS = 10_000;
/** Silence, in heartbeats, after which a line is dead. */
const DEAD_AFTER = 2.5;

/** `lost`: was or is to be connected, and is not. `stopped`: will not try again. */
export type LineState = "connecting" | "ready" | "lost" | "stopped";

/** The part of WebSocket that is used. */
export interface Socket {
  send(data: string): void;
  close(code?: number): void;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number }) => void) | null;
  onerror: ((event: never) => void) | null;
}

/** Everything that is not decided here. */
export interface Surroundings {
  open(url: string, subprotocol: string): Socket;
  /** Milliseconds, from any beginning. */
  now(): number;
  /** From 0 to 1. */
  random(): number;
  setTimer(callback: () => void, ms: number): unknown;
  clearTimer(timer: unknown): void;
}

export interface ConnectionOptions<Out, In> {
  readonly url: string;
  /** The first frame of every connection; null: do not connect (signed out). A rejection retries. */
  readonly hello: () => Out | null | Promise<Out | null>;
  readonly heartbeat: () => Out;
  /** Whether this frame answers `hello`, and the seconds between heartbeats if so. */
  readonly welcome: (frame: In) => number | null;
  readonly onFrame: (frame: In) => void;
  readonly onState: (state: LineState) => void;
  /** Told before reconnecting, so that a refused token can be forgotten. */
  readonly onClose?: (code: number) => void;
  readonly surroundings?: Surroundings;
}

export const browserSurroundings: Surroundings = {
  open: (url, subprotocol) => new WebSocket(url, subprotocol) as unknown as Socket,
  now: () => performance.now(),
  random: () => Math.random(),
  setTimer: (callback, ms) => setTimeout(callback, ms),
  clearTimer: (timer) => clearTimeout(timer as number),
};

export class Connection<Out, In> {
  private readonly env: Surroundings;
  private socket: Socket | null = null;
  private state: LineState = "stopped";
  private timer: unknown = null;
  private attempt = 0;
  private heartbeatMs = 10_000;
  private lastFrameAt = 0;
  private lastBeatAt = 0;

  constructor(private readonly options: ConnectionOptions<Out, In>) {
    this.env = options.surroundings ?? browserSurroundings;
  }

  start(): void {
    if (this.state === "stopped") this.connect();
  }

  stop(): void {
    this.drop(1000);
    this.become("stopped");
  }

  /** Hang up and come back at once, with a new hello. */
  restart(): void {
    this.drop(1000);
    this.attempt = 0;
    this.connect();
  }

  get ready(): boolean {
    return this.state === "ready";
  }

  /** Send when there is a line; false: not sent, and the sender keeps it. */
  send(frame: Out): boolean {
    if (!this.ready || this.socket === null) return false;
    this.socket.send(JSON.stringify(frame));
    return true;
  }

  /** The network or the tab came back: do not wait for the next timer. */
  nudge(): void {
    if (this.state === "lost") {
      this.attempt = 0;
      this.connect();
    } else if (this.ready) {
      this.beat();
      this.giveGrace();
      this.arm();
    }
  }

  private connect(): void {
    this.clearTimer();
    this.become("connecting");
    const socket = this.open();
    if (socket === null) return this.retry(1006);
    this.socket = socket;
    socket.onopen = () => void this.greet(socket);
    socket.onmessage = ({ data }) => this.hear(socket, data);
    socket.onclose = ({ code }) => this.closed(socket, code);
    socket.onerror = () => undefined;
    this.timer = this.env.setTimer(() => this.closed(socket, 1006), WELCOME_TIMEOUT_MS);
  }

  private open(): Socket | null {
    try {
      return this.env.open(this.options.url, SUBPROTOCOL);
    } catch {
      return null;
    }
  }

  private async greet(socket: Socket): Promise<void> {
    try {
      const hello = await this.options.hello();
      if (socket !== this.socket) return;
      if (hello === null) return this.stop();
      socket.send(JSON.stringify(hello));
    } catch {
      this.closed(socket, 1006);
    }
  }

  private hear(socket: Socket, data: unknown): void {
    if (socket !== this.socket || typeof data !== "string") return;
    const frame = JSON.parse(data) as In;
    this.lastFrameAt = this.env.now();
    const heartbeatS = this.options.welcome(frame);
    if (heartbeatS === null) return this.options.onFrame(frame);
    this.welcomed(heartbeatS);
    // The welcome is heard before the line is said to be ready: what it changes comes first, and
    // may already send.
    this.options.onFrame(frame);
    if (this.ready) this.options.onState("ready");
  }

  private welcomed(heartbeatS: number): void {
    this.attempt = 0;
    this.heartbeatMs = heartbeatS * 1_000;
    this.lastBeatAt = this.env.now();
    this.state = "ready";
    this.arm();
  }

  /** Wake for the next heartbeat, or for the moment the silence is too long. */
  private arm(): void {
    this.clearTimer();
    const deadAt = this.lastFrameAt + DEAD_AFTER * this.heartbeatMs;
    const wakeAt = Math.min(this.lastBeatAt + this.heartbeatMs, deadAt);
    this.timer = this.env.setTimer(() => this.tick(wakeAt), Math.max(0, wakeAt - this.env.now()));
  }

  private tick(wakeAt: number): void {
    const socket = this.socket;
    if (socket === null) return;
    const now = this.env.now();
    // A background tab's timers come late: then the silence says nothing, and the line is asked.
    const late = now - wakeAt > this.heartbeatMs / 2;
    if (late) this.giveGrace();
    else if (now - this.lastFrameAt >= DEAD_AFTER * this.heartbeatMs) {
      return this.closed(socket, 1006);
    }
    if (late || now - this.lastBeatAt >= this.heartbeatMs) this.beat();
    this.arm();
  }

  private beat(): void {
    this.lastBeatAt = this.env.now();
    this.send(this.options.heartbeat());
  }

  /** Judge the line by its answer within the next heartbeat, not by the silence so far. */
  private giveGrace(): void {
    const benefit = this.env.now() - (DEAD_AFTER - 1) * this.heartbeatMs;
    this.lastFrameAt = Math.max(this.lastFrameAt, benefit);
  }

  private closed(socket: Socket, code: number): void {
    if (socket !== this.socket) return;
    this.drop(1000);
    this.options.onClose?.(code);
    this.retry(code);
  }

  private retry(code: number): void {
    // onClose may have stopped or restarted the line.
    if (this.state === "stopped" || this.socket !== null) return;
    this.become("lost");
    const delay = this.delay(code);
    this.attempt += 1;
    this.timer = this.env.setTimer(() => this.connect(), delay);
  }

  private delay(code: number): number {
    const chance = this.env.random();
    if (code === CLOSE_RESTART && this.attempt === 0) return chance * RESTART_JITTER_MS;
    const patient = code === CLOSE_OVERLOAD || code === CLOSE_RATE;
    const grown = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(this.attempt, 10));
    return (patient ? Math.max(grown, OVERLOAD_DELAY_MS) : grown) * (0.5 + 0.5 * chance);
  }

  /** Let go of the socket without waiting for it to agree: a half-open one never answers. */
  private drop(code: number): void {
    this.clearTimer();
    const socket = this.socket;
    this.socket = null;
    if (socket === null) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    try {
      socket.close(code);
    } catch {
      // Closing one that never opened throws in some browsers; it is gone either way.
    }
  }

  private clearTimer(): void {
    if (this.timer !== null) this.env.clearTimer(this.timer);
    this.timer = null;
  }

  private become(state: LineState): void {
    if (state === this.state) return;
    this.state = state;
    this.options.onState(state);
  }
}
