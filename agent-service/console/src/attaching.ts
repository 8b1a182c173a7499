/**
 * Files an agent sends: chosen, put into the store one by one, and then shown by an action. The
 * bytes are here and not in the state. What did not get through waits and goes again under the same
 * id; what is refused stays beside the field with its reason.
 */
import { checkFile, newId, type FileRules } from "@prek/wire";

/** One file beside the field. */
export interface Chosen {
  readonly id: string;
  readonly bytes: Blob;
  readonly name: string;
  /** How much has gone, 0 to 1; null: it is not on its way. */
  readonly part: number | null;
  /** Did not get through, and goes again by itself. */
  readonly waits: boolean;
  /** The code it was refused with. */
  readonly wrong: string | null;
}

/** Puts bytes into the store; resolves to null, or to the code of what is wrong. */
export type Put = (file: Chosen, onPart: (part: number) => void, stop: AbortSignal) => Promise<string | null>;

/** The way files take out of here. */
export interface Way {
  readonly put: Put;
  /** It lies in the store: show it. */
  readonly show: (file: string) => void;
  /** Resolves when another try may succeed, and at once when it is stopped. */
  readonly pause: (tries: number, stop: AbortSignal) => Promise<void>;
}

const NONE: readonly Chosen[] = [];

/** What may be sent again as it is: the line, the store or the session was away. */
const PASSING: ReadonlySet<string> = new Set([
  "busy",
  "rate_limited",
  "token_invalid",
  "unreachable",
]);
/** Then it is for the agent to say whether to go on: each try is the whole file again. */
const MOST_TRIES = 8;

export class Attaching {
  private readonly chosen = new Map<string, readonly Chosen[]>();
  private readonly stops = new Map<string, AbortController>();
  private readonly running = new Set<string>();
  private readonly names = new Map<string, string>();
  private readonly listeners = new Set<() => void>();

  of(conversation: string): readonly Chosen[] {
    return this.chosen.get(conversation) ?? NONE;
  }

  isSending(conversation: string): boolean {
    return this.running.has(conversation);
  }

  /** Whether nothing here would be lost with the page. */
  get isEmpty(): boolean {
    return this.chosen.size === 0;
  }

  /** What a file that has been sent from here is called, until the archive has it. */
  nameOf(id: string): string | null {
    return this.names.get(id) ?? null;
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  choose(conversation: string, files: Iterable<File>, rules: FileRules): void {
    const added = [...files].map((file) => ({
      id: newId(),
      bytes: file,
      name: file.name,
      part: null,
      waits: false,
      wrong: checkFile(rules, file),
    }));
    this.set(conversation, [...this.of(conversation), ...added]);
  }

  remove(conversation: string, id: string): void {
    this.stops.get(id)?.abort();
    this.drop(conversation, id);
  }

  /** Forget the files of all conversations but these, and stop what is on its way. */
  keepOnly(keep: (conversation: string) => boolean): void {
    for (const conversation of [...this.chosen.keys()].filter((id) => !keep(id))) {
      for (const { id } of this.of(conversation)) this.remove(conversation, id);
    }
  }

  /**
   * Put all that can be sent into the store, in order, and show what lies there. Returns whether
   * everything that was here went, and nothing came meanwhile: what did not stays with its reason.
   */
  async send(conversation: string, way: Way): Promise<boolean> {
    if (this.isSending(conversation)) return false;
    this.running.add(conversation);
    let all = true;
    try {
      for (const { id } of this.of(conversation).filter(maySend)) {
        if (!(await this.sendOne(conversation, id, way))) all = false;
      }
    } finally {
      this.running.delete(conversation);
      this.tell();
    }
    return all && this.of(conversation).length === 0;
  }

  private async sendOne(conversation: string, id: string, way: Way): Promise<boolean> {
    const stop = new AbortController();
    const { signal } = stop;
    this.stops.set(id, stop);
    for (let tries = 0; ; tries += 1) {
      const file = this.of(conversation).find((one) => one.id === id);
      // Taken away meanwhile.
      if (file === undefined) return false;
      this.change(conversation, id, { part: 0, waits: false, wrong: null });
      const onPart = (part: number) => this.change(conversation, id, { part });
      const wrong = await way.put(file, onPart, signal);
      if (signal.aborted) return false;
      if (wrong === null) {
        this.names.set(id, file.name);
        this.drop(conversation, id);
        way.show(id);
        return true;
      }
      const again = PASSING.has(wrong) && tries + 1 < MOST_TRIES;
      this.change(conversation, id, { part: null, waits: again, wrong: again ? null : wrong });
      if (!again) return false;
      await way.pause(tries, signal);
    }
  }

  private drop(conversation: string, id: string): void {
    this.stops.delete(id);
    this.set(
      conversation,
      this.of(conversation).filter((file) => file.id !== id),
    );
  }

  private change(conversation: string, id: string, to: Partial<Chosen>): void {
    this.set(
      conversation,
      this.of(conversation).map((file) => (file.id === id ? { ...file, ...to } : file)),
    );
  }

  private set(conversation: string, files: readonly Chosen[]): void {
    if (files.length === 0) this.chosen.delete(conversation);
    else this.chosen.set(conversation, files);
    this.tell();
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }
}

/** Whether a file goes with the next press on the button. */
export function maySend({ wrong }: Chosen): boolean {
  return wrong === null || PASSING.has(wrong);
}
