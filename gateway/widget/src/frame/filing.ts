/** The shell round `files.ts`: the bytes, the way into the store, and the way out of it. */
import { isRetryable, newId, retryDelay } from "@prek/wire";
import { openFileBox, type FileBox } from "./filebox";
import { nextUpload } from "./files";
import type { Happening } from "./reduce";
import type { State } from "./state";
import { putFile, type PutAnswer } from "./transfer";

/** What the shell needs of the session. */
export interface Desk {
  state(): State;
  dispatch(happening: Happening): void;
  /** What opens the conversation over HTTP; null: nothing does yet. */
  bearer(): string | null;
  /** The token opens nothing any more: a new line brings another. */
  renew(): void;
}

export class Filing {
  private readonly bytes = new Map<string, Blob>();
  private readonly shown = new Map<string, Promise<string>>();
  private running: { readonly id: string; readonly stop: AbortController } | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly desk: Desk,
    tenant: string,
    private readonly box: FileBox = openFileBox(`prek.${tenant}`),
    private readonly putInto: typeof putFile = putFile,
  ) {
    void this.box.keepOnly(desk.state().uploads.map(({ id }) => id));
  }

  /** Files were chosen, pasted or dropped. */
  choose(files: Iterable<File>): void {
    const chosen = [...files].map((file) => {
      const id = newId();
      this.bytes.set(id, file);
      return { id, name: file.name || "bilde.png", size: file.size, type: file.type };
    });
    if (chosen.length > 0) this.desk.dispatch({ kind: "files_chosen", files: chosen });
  }

  /** After every change: begin what may begin, stop what was dropped, forget what is done. */
  follow(before: State): void {
    const state = this.desk.state();
    const moved =
      state.uploads !== before.uploads ||
      state.line !== before.line ||
      state.conversation !== before.conversation;
    if (state.chosen !== before.chosen || state.uploads !== before.uploads) this.tidy(before);
    if (moved) this.begin();
  }

  /** An address of the picture for this document alone. */
  picture(file: string): Promise<string> {
    const kept = this.shown.get(file);
    if (kept !== undefined) return kept;
    const made = this.fetch(file).then((blob) => URL.createObjectURL(blob));
    this.shown.set(file, made);
    // What could not be had may be asked for again.
    made.catch(() => this.shown.delete(file));
    return made;
  }

  /** The file as it lies in the store. Rejects when it cannot be had. */
  async fetch(file: string): Promise<Blob> {
    const { conversation, status } = this.desk.state();
    // After 24 hours only the copy's token opens anything.
    for (const token of [this.desk.bearer(), status?.token ?? null]) {
      if (token === null) continue;
      const answer = await fetch(addressOf(conversation?.id ?? "", file), {
        headers: { Authorization: `Bearer ${token}` },
      });
      if (answer.ok) return answer.blob();
      if (answer.status !== 401) break;
    }
    throw new Error("the file could not be had");
  }

  /** Nothing of what was sent or shown stays in this browser. */
  forget(): void {
    this.running?.stop.abort();
    for (const address of this.shown.values()) void address.then(URL.revokeObjectURL, () => null);
    this.shown.clear();
    this.bytes.clear();
    void this.box.keepOnly([]);
  }

  private begin(): void {
    clearTimeout(this.timer);
    const upload = nextUpload(this.desk.state());
    if (upload === null || this.running !== null) return;
    const wait = upload.dueAt - performance.now();
    if (wait > 0) this.timer = setTimeout(() => this.begin(), wait);
    else void this.send(upload.id);
  }

  private async send(id: string): Promise<void> {
    const running = { id, stop: new AbortController() };
    this.running = running;
    this.desk.dispatch({ kind: "upload_began", id });
    const answer = await this.put(id, running.stop.signal);
    this.running = null;
    if (answer === "stopped") this.begin();
    else this.hear(id, answer);
  }

  private async put(id: string, stop: AbortSignal): Promise<PutAnswer | "stopped"> {
    const state = this.desk.state();
    const upload = state.uploads.find((each) => each.id === id);
    const bytes = this.bytes.get(id) ?? (await this.box.get(id));
    if (upload === undefined || stop.aborted) return "stopped";
    if (bytes === null) return { status: 410, code: "file_gone", retryAfterS: null };
    this.bytes.set(id, bytes);
    // What a receipt opened leaves nothing on the machine.
    if (state.conversation?.byReceipt !== true) void this.box.put(id, bytes);
    return this.putInto({
      address: addressOf(upload.conversation, id),
      token: this.desk.bearer() ?? "",
      name: upload.name,
      bytes,
      stop,
      onPart: (part) => this.desk.dispatch({ kind: "upload_went", id, part }),
    });
  }

  private hear(id: string, { status, code, retryAfterS }: PutAnswer): void {
    const tries = this.desk.state().uploads.find((each) => each.id === id)?.tries ?? 0;
    if (status === 200) this.desk.dispatch({ kind: "upload_stored", id });
    else if (status === 0 || status === 401 || status >= 500 || isRetryable(code)) {
      const ms = retryAfterS === null ? retryDelay(tries, Math.random()) : retryAfterS * 1_000;
      if (status === 401) this.desk.renew();
      this.desk.dispatch({ kind: "upload_postponed", id, dueAt: performance.now() + ms });
    } else this.desk.dispatch({ kind: "upload_failed", id, code });
    this.begin();
  }

  private tidy(before: State): void {
    const { chosen, uploads } = this.desk.state();
    const kept = new Set([...chosen, ...uploads].map(({ id }) => id));
    for (const { id } of [...before.chosen, ...before.uploads]) {
      if (kept.has(id)) continue;
      this.bytes.delete(id);
      void this.box.delete(id);
      if (this.running?.id === id) this.running.stop.abort();
    }
    // The store has it: a reload needs the bytes no more, and the machine may be anybody's.
    for (const { id, stage } of uploads) {
      const was = before.uploads.find((each) => each.id === id)?.stage;
      if (stage === "stored" && was !== "stored") void this.box.delete(id);
    }
  }
}

function addressOf(conversation: string, file: string): string {
  return new URL(`/api/files/${conversation}/${file}`, document.baseURI).href;
}
