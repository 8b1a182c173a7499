/** The shell: socket, timers and storage round the reducer. It decides nothing itself. */
import {
  CLOSE_TOKEN,
  Connection,
  dispatch as dispatchOutbox,
  newId,
  type CHello,
  type CitizenFrame,
  type ServerFrame,
} from "@prek/wire";
import { load, type Language } from "../texts/catalogue";
import type { Forgotten, Rating } from "./afterwards";
import { receiptNumber, receiptSecret } from "./contact";
import { hold } from "./files";
import { Filing } from "./filing";
import { openReceipt } from "./receipts";
import { reduce, type Happening } from "./reduce";
import { Sound } from "./sound";
import { initialState, phaseOf, type State } from "./state";
import type { Store } from "./storage";

const TYPING_EVERY_MS = 3_000;
/** Within so long what one tab wrote into the browser's storage is there for the others, in ms. */
const SETTLED_MS = 1_000;

export class Session {
  readonly filing: Filing;
  readonly sound = new Sound();
  private current: State;
  private readonly listeners = new Set<() => void>();
  private readonly connection: Connection<CitizenFrame, ServerFrame>;
  private outboxTimer = 0;
  private typingTimer = 0;
  private typedAt = -Infinity;
  /** The token of the last welcome: it opens this citizen's files over HTTP. */
  private bearer: string | null = null;
  /** The page has the window open; whether it is seen is also a matter of the tab. */
  private open = true;
  /** What the last hello was opened with, to know what a refusal of it means. */
  private resumedWith: "token" | "secret" | null = null;

  constructor(
    private readonly tenant: string,
    private readonly store: Store,
    url: string,
    start: Partial<State>,
  ) {
    this.current = initialState({ ...start, ...store.load() });
    this.connection = new Connection<CitizenFrame, ServerFrame>({
      url,
      hello: () => this.hello(),
      heartbeat: () => ({ type: "heartbeat", last: this.current.stream.last }),
      welcome: (frame) => (frame.type === "welcome" ? frame.heartbeat_s : null),
      onFrame: (frame) => this.hear(frame),
      onState: (line) => this.dispatch({ kind: "line", line }),
      onClose: (code) => {
        if (code === CLOSE_TOKEN) this.store.keepToken(null, null);
      },
    });
    this.filing = new Filing(
      {
        state: () => this.current,
        dispatch: (happening) => this.dispatch(happening),
        bearer: () => this.bearer,
        renew: () => this.connection.restart(),
      },
      tenant,
    );
  }

  get state(): State {
    return this.current;
  }

  start(): void {
    const network = () => this.dispatch({ kind: "network", online: navigator.onLine });
    network();
    addEventListener("offline", network);
    addEventListener("online", () => {
      network();
      if (this.current.fatal) return;
      // A line from before the network was gone may be half-open, and would be believed in for a
      // while yet. A new one brings at once what was missed.
      this.connection.restart();
    });
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.connection.nudge();
      this.look();
    });
    addEventListener("storage", ({ key, newValue }) => {
      const forgotten = this.store.forgottenBy(key, newValue);
      if (forgotten !== null) {
        this.dispatch({ kind: "forgotten_elsewhere", ...forgotten });
        return;
      }
      if (this.store.isConversationKey(key)) this.adopt();
      const { conversation } = this.current;
      if (this.store.isSeenKey(key) && conversation !== null) {
        this.dispatch({ kind: "seen", seq: this.store.seen(conversation.id) });
      }
    });
    this.sound.prime(() => this.current.sound);
    this.connection.start();
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  dispatch(happening: Happening): void {
    const before = this.current;
    this.current = reduce(before, happening);
    if (this.current === before) return;
    const { forgotten } = this.current;
    if (forgotten !== null && forgotten !== before.forgotten) this.wipe(forgotten);
    else this.store.save(before, this.current);
    this.act(before);
    for (const listener of this.listeners) listener();
  }

  /** The page opened or closed the window round this document. */
  show(open: boolean): void {
    this.open = open;
    this.look();
  }

  submit(anyway = false): void {
    // Made in this order, so that `open` sorts before the `send` it opens for.
    const ids = { conversation: newId(), open: newId(), send: newId() };
    this.dispatch({ kind: "submitted", ids, anyway });
  }

  /** Ask for a written answer, by the form and with the question in the field if it is the first. */
  askWritten(anyway = false): void {
    const ids = { conversation: newId(), open: newId(), send: newId(), ask: newId() };
    this.dispatch({ kind: "written_submitted", ids, anyway });
  }

  /** Open what a receipt and its secret belong to. */
  async openReceipt(): Promise<void> {
    this.dispatch({ kind: "receipt_submitted" });
    const { form } = this.current;
    if (form?.kind !== "receipt" || !form.asking) return;
    const receipt = receiptNumber(form.receipt) ?? "";
    const secret = receiptSecret(form.secret) ?? "";
    const answer = await openReceipt({ tenant: this.tenant, receipt, secret });
    // The citizen may have gone on to something else meanwhile.
    if (this.current.form?.kind !== "receipt" || !this.current.form.asking) return;
    if (typeof answer === "string") {
      this.dispatch({ kind: "receipt_unopened", why: answer });
      return;
    }
    this.store.keepToken(answer.conversation, answer.token);
    this.dispatch({ kind: "receipt_opened", conversation: answer.conversation });
    this.connection.restart();
  }

  typed(draft: string): void {
    this.dispatch({ kind: "typed", draft });
    const now = performance.now();
    const due = now - this.typedAt >= TYPING_EVERY_MS;
    if (!due || draft === "" || phaseOf(this.current) !== "active") return;
    this.typedAt = now;
    this.connection.send({ type: "typing" });
  }

  end(): void {
    this.dispatch({ kind: "end_confirmed", id: newId() });
  }

  /** "Yes, I am here." */
  answerNudge(): void {
    this.dispatch({ kind: "nudge_answered", id: newId() });
  }

  /** The citizen chose a language. Rejects when its texts cannot be had. */
  async speak(language: Language): Promise<void> {
    await load(language);
    this.dispatch({ kind: "language", language });
  }

  rate(rating: Rating, comment: string | null = null): void {
    this.dispatch({ kind: "rated", id: newId(), rating, comment });
  }

  mailCopy(contact: string): void {
    this.dispatch({ kind: "copy_asked", id: newId(), contact });
  }

  /** Tell the municipality, and forget here once it has been told. */
  askToForget(): void {
    this.dispatch({ kind: "forget_asked", id: newId() });
  }

  /** Leave this conversation behind and stand ready for another. */
  beginAnew(refusal: string | null = null): void {
    this.store.keepToken(null, null);
    this.dispatch({ kind: "begun_anew", refusal });
    this.connection.restart();
  }

  /** The line was opened by what is forgotten now: another takes its place. */
  private wipe(forgotten: Forgotten): void {
    this.store.wipe(forgotten);
    this.filing.forget();
    this.bearer = null;
    this.connection.stop();
    // One secret for all tabs: what the other tab has made takes a moment to be seen here.
    setTimeout(() => this.connection.restart(), forgotten.elsewhere ? SETTLED_MS : 0);
  }

  private hello(): CHello {
    const { conversation, stream, language } = this.current;
    const resumed = conversation?.opened === true ? conversation.id : null;
    const token = resumed === null ? null : this.store.token(resumed);
    this.resumedWith = resumed === null ? null : token === null ? "secret" : "token";
    return {
      type: "hello",
      tenant: this.tenant,
      secret: token === null ? this.store.secret() : null,
      token,
      conversation: resumed,
      after: stream.last,
      language,
    };
  }

  private hear(frame: ServerFrame): void {
    if (frame.type === "welcome") {
      this.bearer = frame.token;
      this.store.keepToken(frame.conversation, frame.token);
    }
    if (frame.type === "refused" && frame.id === null && this.resumeRefused(frame.code)) return;
    this.dispatch({ kind: "frame", frame, now: performance.now(), jitter: Math.random() });
  }

  /** A hello that was refused: try the secret after the token, then begin anew. */
  private resumeRefused(code: string): boolean {
    const about = code === "token_invalid" || code === "not_found" || code === "not_allowed";
    if (!about || this.connection.ready || this.resumedWith === null) return false;
    const wasToken = this.resumedWith === "token";
    this.store.keepToken(null, null);
    // This browser's secret does not open what a receipt did.
    if (this.current.conversation?.byReceipt === true) this.beginAnew("receipt_again");
    else if (wasToken) this.connection.restart();
    else this.beginAnew(this.current.outbox.entries.length > 0 ? "not_found" : null);
    return true;
  }

  /** Another tab began or left a conversation: this one follows. */
  private adopt(): void {
    if (this.current.conversation?.byReceipt === true) return;
    const conversation = this.store.conversation();
    if (conversation?.id === this.current.conversation?.id) return;
    // Not in the ledger yet: the other tab will tell again when it is.
    if (conversation !== null && !conversation.opened) return;
    this.dispatch({ kind: "adopted", conversation });
    this.connection.restart();
  }

  private act(before: State): void {
    const { question, outbox, line, typing, fatal } = this.current;
    if (fatal) this.connection.stop();
    if (question !== null && question !== before.question) {
      this.connection.send({ type: "sync", after: question.after });
    }
    this.filing.follow(before);
    const moved = outbox !== before.outbox || line !== before.line;
    if (moved || this.current.uploads !== before.uploads) this.pump();
    // What a new frame is told first has been there all along.
    if (this.current.unread > before.unread && before.setup !== null && this.current.sound) {
      this.sound.play();
    }
    if (typing !== null && typing !== before.typing) this.forgetTyping(typing.until);
  }

  /** Send what is due, and come back when the next is. */
  private pump(): void {
    clearTimeout(this.outboxTimer);
    if (!this.connection.ready) return;
    const now = performance.now();
    const ready = hold(this.current.outbox, this.current.uploads);
    const { outbox, send, nextAt } = dispatchOutbox(ready, now, Math.random());
    for (const action of send) this.connection.send(action);
    if (nextAt !== null) {
      this.outboxTimer = window.setTimeout(() => this.pump(), Math.max(0, nextAt - now));
    }
    // What is due has a later time now, so this ends after one round.
    if (send.length > 0) this.dispatch({ kind: "outbox", outbox });
  }

  private look(): void {
    const visible = this.open && document.visibilityState === "visible";
    if (visible !== this.current.visible) this.dispatch({ kind: "shown", visible });
  }

  private forgetTyping(until: number): void {
    clearTimeout(this.typingTimer);
    this.typingTimer = window.setTimeout(
      () => this.dispatch({ kind: "clock", now: performance.now() }),
      Math.max(0, until - performance.now()) + 20,
    );
  }
}
