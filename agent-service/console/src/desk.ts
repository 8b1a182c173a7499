/** The shell: socket, HTTP, timers and storage round the reducer. It decides nothing itself. */
import type { ArchiveChoice } from "./classifying";
import {
  type AgentFrame,
  CLOSE_TOKEN,
  Connection,
  type DeskFrame,
  dispatch as dispatchOutbox,
  newId,
  retryDelay,
} from "@prek/wire";
import { Answers, NO_ANSWER } from "./answers";
import { Attaching } from "./attaching";
import { isOwned } from "./board";
import { readKept, writeKept } from "./kept";
import { Lasting, readSession } from "./lasting";
import { linkedConversation } from "./links";
import {
  type ChosenPresence,
  type DeskAction,
  type EarlierAnswer,
  type Explained,
  INITIAL,
  type Message,
  type Session,
  type State,
} from "./model";
import { comesByItself } from "./pace";
import { ANSWER_WITHIN_MS, askEarlier, askWhy, request } from "./questions";
import { reduce } from "./state";
import { isKey, type Key, refusalKey } from "./texts";
import { putFile } from "./transfer";

const TYPING_EVERY_MS = 3_000;
const KEEP_AFTER_MS = 200;

/** An action without the id it is given when it is done. */
export type NewAction = DeskAction extends infer A ? (A extends DeskAction ? Omit<A, "id"> : never) : never;

/** Where a file of a dialogue is put, and had from. */
export function fileAddress(conversation: string, file: string): string {
  return `/api/files/${conversation}/${file}`;
}

export class Desk {
  readonly attaching = new Attaching();
  readonly lasting = new Lasting({
    request,
    session: () => (this.current.sign === "in" ? this.current.session : null),
    renewed: (session) => this.seat(session),
    ended: () => void this.ask(),
    others: new BroadcastChannel("prek:session"),
  });
  private current: State = INITIAL;
  private readonly listeners = new Set<(rushed: boolean) => void>();
  /** Files that wait to be tried again. */
  private readonly paused = new Set<() => void>();
  /** To what is asked of the desk itself, and not of a conversation. */
  private readonly answers = new Answers();
  private readonly connection: Connection<AgentFrame, DeskFrame>;
  private outboxTimer = 0;
  private keepTimer = 0;
  private typedAt = -Infinity;

  constructor(url: string) {
    this.connection = new Connection<AgentFrame, DeskFrame>({
      url,
      hello: () => this.hello(),
      heartbeat: () => ({ type: "heartbeat" }),
      welcome: (frame) => (frame.type === "welcome" ? frame.heartbeat_s : null),
      onFrame: (frame) => {
        this.answers.hear(frame);
        this.dispatch({ type: "frame", frame, at: Date.now(), jitter: Math.random() });
        if (frame.type === "welcome") this.followLink();
      },
      onState: (link) => this.dispatch({ type: "link", link }),
      onClose: (code) => {
        if (code === CLOSE_TOKEN) void this.ask();
      },
    });
  }

  get state(): State {
    return this.current;
  }

  /** `rushed`: what changed came by itself and more may follow; otherwise somebody waits to see it. */
  subscribe(listener: (rushed: boolean) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  start(): void {
    addEventListener("online", () => this.connection.nudge());
    addEventListener("pagehide", () => this.keep());
    addEventListener("hashchange", () => this.followLink());
    addEventListener("beforeunload", (event) => {
      // Texts are kept over a reload; the bytes of a file are not.
      if (!this.attaching.isEmpty) event.preventDefault();
    });
    // A file that misses the field must not take the desk's place in the tab.
    for (const name of ["dragover", "drop"] as const) {
      addEventListener(name, (event) => {
        if (event.dataTransfer?.types.includes("Files") === true) event.preventDefault();
      });
    }
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.connection.nudge();
    });
    void this.ask();
  }

  dispatch(message: Message): void {
    const before = this.current;
    const step = reduce(before, message);
    this.current = step.state;
    if (message.type === "seen") this.tellSeen(message.conversation);
    this.followFiles(before);
    for (const frame of step.send) this.connection.send(frame);
    if (step.state === before) return;
    if (before.outbox !== step.state.outbox || before.link !== step.state.link) this.pump();
    window.clearTimeout(this.keepTimer);
    this.keepTimer = window.setTimeout(() => this.keep(), KEEP_AFTER_MS);
    for (const listener of this.listeners) listener(comesByItself(message));
  }

  /** The citizen is told "read" of what the owner has had on screen. */
  private tellSeen(conversation: string): void {
    const { board, threads } = this.current;
    const summary = board.known[conversation]?.summary;
    const seq = threads[conversation]?.read.dialogue ?? 0;
    if (summary === undefined || !isOwned(summary, board.me) || seq === 0) return;
    this.connection.send({ type: "seen", conversation, seq });
  }

  /** Do something that must arrive. */
  act(action: NewAction): void {
    this.dispatch({ type: "act", action: { ...action, id: newId() } as DeskAction });
  }

  /** Put what was chosen into the store and show it; returns whether everything went. */
  sendFiles(conversation: string): Promise<boolean> {
    return this.attaching.send(conversation, {
      put: async ({ id, bytes, name }, onPart, stop) => {
        const address = fileAddress(conversation, id);
        const wrong = await putFile({ address, name, bytes, onPart, stop });
        if (wrong === "token_invalid") void this.ask();
        return wrong;
      },
      show: (file) => {
        // As it is by now: an upload takes its time.
        const summary = this.current.board.known[conversation]?.summary;
        const { epoch = 0, last_seq = {} } = summary ?? {};
        this.act({ type: "send_file", conversation, file, epoch, seen: last_seq.dialogue ?? 0 });
      },
      pause: (tries, stop) => this.pause(tries, stop),
    });
  }

  /** Until the line is back; with a line, for a while. */
  private pause(tries: number, stop: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      let timer = 0;
      const go = () => {
        window.clearTimeout(timer);
        this.paused.delete(go);
        resolve();
      };
      if (this.connection.ready) timer = window.setTimeout(go, retryDelay(tries, Math.random()));
      this.paused.add(go);
      stop.addEventListener("abort", go, { once: true });
    });
  }

  /** Files that waited for the line go; those of what is another's now are not ours to send. */
  private followFiles(before: State): void {
    const { board, link, sign } = this.current;
    if (link === "ready" && before.link !== "ready") for (const go of [...this.paused]) go();
    // Signed out by the clock, everything stays for the same agent to come back to.
    if (board === before.board || sign === "ended") return;
    this.attaching.keepOnly((id) => {
      const summary = board.known[id]?.summary;
      return summary !== undefined && isOwned(summary, board.me);
    });
  }

  choose(presence: ChosenPresence, reason = ""): void {
    this.connection.send({ type: "presence", presence, reason });
  }

  /** Change a colleague's presence, as who leads them; returns null, or what is wrong. */
  setPresence(agent: string, presence: ChosenPresence, reason: string): Promise<Key | null> {
    const id = newId();
    const sent = this.connection.send({ type: "set_presence", id, agent, presence, reason });
    if (!sent) return Promise.resolve("presence_set_refused_no_line");
    return this.answers.to(id, ANSWER_WITHIN_MS).then(presenceRefusal);
  }

  /** Break the glass from outside of the desk's own view; returns null, or the code of why not. */
  breakGlass(conversation: string, reason: string): Promise<string | null> {
    const id = newId();
    const sent = this.connection.send({ type: "break_glass", id, conversation, reason });
    return sent ? this.answers.to(id, ANSWER_WITHIN_MS) : Promise.resolve(NO_ANSWER);
  }

  /** Say what the archive makes of a closed conversation; null, or the code of what is wrong. */
  classifyClosed(conversation: string, archive: ArchiveChoice): Promise<string | null> {
    const id = newId();
    const sent = this.connection.send({ type: "classify", id, conversation, archive });
    return sent ? this.answers.to(id, ANSWER_WITHIN_MS) : Promise.resolve(NO_ANSWER);
  }

  typing(conversation: string): void {
    if (performance.now() - this.typedAt < TYPING_EVERY_MS) return;
    this.typedAt = performance.now();
    this.connection.send({ type: "typing", conversation });
  }

  /** Sign in; returns null, or the code of what is wrong. */
  async signIn(name: string, password: string): Promise<Key | null> {
    const answer = await request("POST", "/api/session", { name, password });
    if (answer === null) return "sign_in_failed";
    if (answer.status === 401) return "sign_in_wrong";
    if (answer.status === 429) return "sign_in_slow";
    if (!answer.ok) return "sign_in_failed";
    this.signedIn(readSession(await answer.json(), Date.now()));
    return null;
  }

  /** Ask the routing why a conversation waits, or why it was offered as it was. */
  async explain(conversation: string): Promise<void> {
    const tell = (answer: Explained) => this.dispatch({ type: "why", conversation, answer });
    tell("asking");
    tell(await askWhy(conversation));
  }

  /** Ask what the citizen of a conversation asked before. */
  async askEarlier(conversation: string): Promise<void> {
    const tell = (answer: EarlierAnswer) => this.dispatch({ type: "earlier", conversation, answer });
    tell("asking");
    tell(await askEarlier(conversation));
  }

  async signOut(): Promise<void> {
    this.connection.stop();
    const answer = await request("DELETE", "/api/session");
    this.forget();
    this.dispatch({ type: "signed_out", ended: false });
    if (answer?.status !== 200) return;
    // Signed in at a provider, one is signed out there too, or the next click would be enough.
    const { onward } = (await answer.json()) as { onward: string };
    location.assign(onward);
  }

  private async ask(): Promise<void> {
    const answer = await request("GET", "/api/session");
    if (answer?.ok === true) this.signedIn(readSession(await answer.json(), Date.now()));
    else if (answer?.status === 401) {
      this.connection.stop();
      this.dispatch({ type: "signed_out", ended: this.current.sign === "in" });
    } else window.setTimeout(() => void this.ask(), 2_000);
  }

  private signedIn(session: Session): void {
    this.seat(session);
    this.lasting.tell();
  }

  private seat(session: Session): void {
    const kept = readKept(sessionStorage.getItem(keptKey(session)));
    this.dispatch({ type: "signed_in", session, kept });
    this.connection.start();
    this.lasting.follow(session.lasts);
  }

  private async hello(): Promise<AgentFrame | null> {
    const answer = await request("POST", "/api/ticket");
    if (answer?.status === 401) {
      this.dispatch({ type: "signed_out", ended: true });
      return null;
    }
    if (answer?.ok !== true) throw new Error("no ticket");
    const { ticket } = (await answer.json()) as { ticket: string };
    return { type: "hello", ticket, language: document.documentElement.lang };
  }

  /** Put on screen what the address names, once there is a board to look on. */
  private followLink(): void {
    const conversation = linkedConversation(location.hash);
    if (conversation === null || this.current.directory === null) return;
    // Followed once: a reload is no reason to go there again.
    history.replaceState(null, "", location.pathname);
    this.dispatch({ type: "linked", conversation });
  }

  /** Send what is due, and come back when the next is. */
  private pump(): void {
    window.clearTimeout(this.outboxTimer);
    if (!this.connection.ready) return;
    const now = Date.now();
    const { outbox, send, nextAt } = dispatchOutbox(this.current.outbox, now, Math.random());
    for (const action of send) this.connection.send(action);
    if (nextAt !== null) {
      this.outboxTimer = window.setTimeout(() => this.pump(), Math.max(0, nextAt - now));
    }
    if (send.length > 0) this.dispatch({ type: "dispatched", outbox });
  }

  /** What was kept over a reload goes with the signing out; the set-up's draft has a name below ours. */
  private forget(): void {
    const { session } = this.current;
    if (session === null) return;
    const name = keptKey(session);
    for (const key of Object.keys(sessionStorage)) {
      if (key === name || key.startsWith(`${name}:`)) sessionStorage.removeItem(key);
    }
  }

  private keep(): void {
    const { session } = this.current;
    if (session === null) return;
    sessionStorage.setItem(keptKey(session), writeKept(this.current));
  }
}

function keptKey(session: Session): string {
  return `prek:${session.tenant}:${session.agent}`;
}

/** In words that fit; `null` as it came. */
function presenceRefusal(code: string | null): Key | null {
  if (code === null) return null;
  const key = `presence_set_refused_${code}`;
  return isKey(key) ? key : refusalKey(code);
}
