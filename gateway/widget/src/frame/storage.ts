/**
 * What survives a reload. Each unsent action has a key of its own, so that two tabs of one citizen
 * do not write over each other. A browser that denies storage still gets a chat, without resume.
 */
import { restore, serialize, type Outbox } from "@prek/wire";
import { pickLanguage } from "../texts/catalogue";
import type { Forgotten, ToldOfForgetting } from "./afterwards";
import type { Box } from "./box";
import type { Upload } from "./files";
import type { Alarm, CitizenAction, Conversation, State } from "./state";

const SECRET_BYTES = 32;
/** How long a conversation that was left can be followed by another. */
const FOLLOWS_MS = 30 * 24 * 3_600_000;
/** They tell nothing of what was said, and stay. */
const SETTINGS: ReadonlySet<string> = new Set(["language", "sound"]);
const ALARMS: readonly string[] = ["danger", "threat", "abuse"] satisfies Alarm[];

interface KeptToken {
  readonly conversation: string;
  readonly token: string;
}

/** What is kept of a file on its way; its bytes lie in the browser's database. */
type KeptUpload = Pick<Upload, "name" | "size" | "type"> & { readonly stored: boolean };

interface KeptSeen {
  readonly conversation: string;
  readonly seq: number;
}

interface Former {
  readonly id: string;
  /** When it was left, in ms since 1970. */
  readonly at: number;
}

export class Store {
  private readonly prefix: string;

  /**
   * @param lasting shared by the tabs of this browser
   * @param perTab forgotten with the tab
   * @param now milliseconds since 1970
   */
  constructor(
    tenant: string,
    private readonly lasting: Box,
    private readonly perTab: Box,
    private readonly now: () => number = Date.now,
  ) {
    this.prefix = `prek.${tenant}.`;
  }

  /** The resume secret, made once in this browser. */
  secret(): string {
    const kept = this.lasting.getItem(this.prefix + "secret");
    if (kept !== null && kept.length >= 32) return kept;
    const made = base64url(crypto.getRandomValues(new Uint8Array(SECRET_BYTES)));
    this.put(this.lasting, "secret", made);
    return made;
  }

  /** This tab's token for a conversation, or null. */
  token(conversation: string): string | null {
    const kept = parse<KeptToken>(this.perTab.getItem(this.prefix + "token"));
    return kept?.conversation === conversation ? kept.token : null;
  }

  keepToken(conversation: string | null, token: string | null): void {
    if (conversation === null || token === null) this.perTab.removeItem(this.prefix + "token");
    else this.put(this.perTab, "token", JSON.stringify({ conversation, token }));
  }

  /** The conversation of this browser's secret. */
  conversation(): Conversation | null {
    const kept = parse<Conversation>(this.lasting.getItem(this.prefix + "conversation"));
    return typeof kept?.id === "string" ? { id: kept.id, opened: kept.opened === true } : null;
  }

  /** The conversation that a receipt opened in this tab. */
  private visited(): Conversation | null {
    const kept = parse<Conversation>(this.perTab.getItem(this.prefix + "conversation"));
    return typeof kept?.id === "string" ? { id: kept.id, opened: true, byReceipt: true } : null;
  }

  private former(): string | null {
    const kept = parse<Former>(this.lasting.getItem(this.prefix + "former"));
    if (typeof kept?.id !== "string" || typeof kept.at !== "number") return null;
    return this.now() - kept.at < FOLLOWS_MS ? kept.id : null;
  }

  private emergency(): Alarm | null {
    const kept = this.perTab.getItem(this.prefix + "emergency");
    return kept !== null && ALARMS.includes(kept) ? (kept as Alarm) : null;
  }

  /** Whether a change of this key, told by another tab, is about the conversation. */
  isConversationKey(key: string | null): boolean {
    return key === this.prefix + "conversation";
  }

  isSeenKey(key: string | null): boolean {
    return key === this.prefix + "seen";
  }

  /** Highest seq of the conversation that was seen, in any tab. */
  seen(conversation: string): number {
    const kept = parse<KeptSeen>(this.lasting.getItem(this.prefix + "seen"));
    return kept?.conversation === conversation && Number.isInteger(kept.seq) ? kept.seq : 0;
  }

  /**
   * Forget the conversation, with its keys, drafts and everything unsent. The other tabs are told
   * by the change of a key that holds nothing afterwards.
   */
  wipe({ conversation, byReceipt, told, elsewhere }: Forgotten): void {
    if (!elsewhere && !byReceipt) {
      this.put(this.lasting, "forgotten", JSON.stringify({ conversation, told }));
      this.empty(this.lasting);
    }
    if (byReceipt) this.put(this.lasting, "draft", "");
    this.empty(this.perTab);
  }

  /** The conversation that another tab has forgotten, by a change of a key; null: none. */
  forgottenBy(key: string | null, value: string | null): ToldOfForgetting | null {
    return key === this.prefix + "forgotten" ? parse<ToldOfForgetting>(value) : null;
  }

  private empty(box: Box): void {
    const keys = Array.from({ length: box.length }, (_, i) => box.key(i) ?? "");
    for (const key of keys) {
      if (key.startsWith(this.prefix) && !SETTINGS.has(key.slice(this.prefix.length))) {
        box.removeItem(key);
      }
    }
  }

  /** What a new frame begins with. */
  load(): Partial<State> {
    const kept = this.visited() ?? this.conversation();
    const { outbox, uploads } = this.underway(kept);
    // Never opened and nothing left to open it with: there is no such conversation.
    const alive = kept !== null && (kept.opened || hasOpen(outbox));
    return {
      conversation: alive ? kept : null,
      outbox: alive ? outbox : { entries: [] },
      uploads: alive ? uploads : [],
      seen: kept === null ? 0 : this.seen(kept.id),
      sound: this.lasting.getItem(this.prefix + "sound") !== "off",
      former: this.former(),
      emergency: this.emergency(),
      draft: this.lasting.getItem(this.prefix + "draft") ?? "",
      ...this.language(),
    };
  }

  /** The language the citizen chose, if it was chosen: it wins over the page's. */
  private language(): Pick<State, "language" | "ownLanguage"> | undefined {
    const kept = this.lasting.getItem(this.prefix + "language");
    return kept === null ? undefined : { language: pickLanguage(kept), ownLanguage: true };
  }

  /** Only what belongs to the conversation: the frames of the socket do not say which it is. */
  private outbox(of: Conversation | null): Outbox<CitizenAction> {
    const box = this.boxOf(of);
    const keys = Array.from({ length: box.length }, (_, i) => box.key(i) ?? "");
    // Ids sort by the time they were made, so the keys are in the order of writing.
    const items = keys
      .filter((key) => key.startsWith(this.prefix + "out."))
      .sort()
      .flatMap((key) => parse<unknown[]>(box.getItem(key)) ?? []);
    const { entries } = restore<CitizenAction>(JSON.stringify(items));
    return { entries: entries.filter(({ lane }) => lane === of?.id) };
  }

  /** What is not yet in the archive. A file of which nothing is known any more is not sent. */
  private underway(of: Conversation | null): Pick<State, "outbox" | "uploads"> {
    const box = this.boxOf(of);
    const uploads: Upload[] = [];
    const entries = this.outbox(of).entries.filter(({ action, lane }) => {
      if (action.type !== "send_file") return true;
      const { id } = action;
      const kept = parse<KeptUpload>(box.getItem(this.prefix + "file." + id));
      if (typeof kept?.name !== "string") return false;
      const { name, size, type, stored } = kept;
      const stage = stored ? "stored" : "queued";
      const fresh = { part: 0, tries: 0, dueAt: 0, why: null };
      uploads.push({ id, conversation: lane, name, size, type, stage, ...fresh });
      return true;
    });
    return { outbox: { entries }, uploads };
  }

  /** Write down what changed between two states. */
  save(before: State, after: State): void {
    if (before.draft !== after.draft) this.put(this.lasting, "draft", after.draft);
    if (after.ownLanguage && (!before.ownLanguage || before.language !== after.language)) {
      this.put(this.lasting, "language", after.language);
    }
    if (before.sound !== after.sound) this.put(this.lasting, "sound", after.sound ? "" : "off");
    if (before.seen !== after.seen && after.conversation !== null) {
      const seen: KeptSeen = { conversation: after.conversation.id, seq: after.seen };
      const told = this.seen(seen.conversation);
      if (told < seen.seq) this.put(this.lasting, "seen", JSON.stringify(seen));
    }
    if (before.emergency !== after.emergency) {
      this.put(this.perTab, "emergency", after.emergency ?? "");
    }
    if (after.former !== null && before.former !== after.former) {
      const former: Former = { id: after.former, at: this.now() };
      this.put(this.lasting, "former", JSON.stringify(former));
    }
    if (before.conversation !== after.conversation) {
      this.saveConversation(before.conversation, after.conversation);
    }
    const box = this.boxOf(after.conversation ?? before.conversation);
    if (before.outbox !== after.outbox) this.saveOutbox(box, before.outbox, after.outbox);
    if (before.uploads !== after.uploads) this.saveUploads(box, before.uploads, after.uploads);
  }

  private saveUploads(box: Box, before: readonly Upload[], after: readonly Upload[]): void {
    for (const { id } of before) {
      const now = after.find((upload) => upload.id === id);
      if (now !== undefined && now.stage !== "failed") continue;
      for (const each of [this.lasting, this.perTab]) each.removeItem(this.prefix + "file." + id);
    }
    for (const upload of after) {
      const { id, name, size, type, stage } = upload;
      const was = before.find((each) => each.id === id)?.stage;
      // How far it is, is nothing to write down a hundred times.
      if (stage === "failed" || was === stage || (was !== undefined && stage === "sending"))
        continue;
      const kept: KeptUpload = { name, size, type, stored: stage === "stored" };
      this.put(box, "file." + id, JSON.stringify(kept));
    }
  }

  /** What a receipt opened is this tab's alone, and gone with it: the machine may be a library's. */
  private boxOf(conversation: Conversation | null): Box {
    return conversation?.byReceipt === true ? this.perTab : this.lasting;
  }

  private saveConversation(before: Conversation | null, after: Conversation | null): void {
    const box = this.boxOf(after ?? before);
    if (box === this.lasting) this.perTab.removeItem(this.prefix + "conversation");
    this.put(box, "conversation", after === null ? "" : JSON.stringify(after));
  }

  private saveOutbox(box: Box, before: Outbox<CitizenAction>, after: Outbox<CitizenAction>): void {
    const now = new Set(after.entries.map(({ action }) => action.id));
    for (const { action } of before.entries) {
      if (now.has(action.id)) continue;
      for (const each of [this.lasting, this.perTab]) {
        each.removeItem(this.prefix + "out." + action.id);
      }
    }
    const then = new Set(before.entries.map(({ action }) => action.id));
    for (const entry of after.entries) {
      if (then.has(entry.action.id)) continue;
      this.put(box, "out." + entry.action.id, serialize({ entries: [entry] }));
    }
  }

  private put(box: Box, name: string, value: string): void {
    try {
      if (value === "") box.removeItem(this.prefix + name);
      else box.setItem(this.prefix + name, value);
    } catch {
      // A full or closed store: the chat goes on, only the resume is poorer.
    }
  }
}

function hasOpen(outbox: Outbox<CitizenAction>): boolean {
  return outbox.entries.some(({ action }) => action.type === "open");
}

function parse<T>(text: string | null): T | null {
  if (text === null) return null;
  try {
    return JSON.parse(text) as T;
  } catch {
    return null;
  }
}

function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}
