/**
 * Files an agent sends: chosen, put into the store one by one, and then shown by an action. The
 * bytes are here and not in the state; whatever fails stays beside the field with its reason.
 */
import { MEDIA_TYPES, newId, type FileRules } from "@prek/wire";

/** One file beside the field. */
export interface Chosen {
  readonly id: string;
  readonly bytes: Blob;
  readonly name: string;
  /** How much has gone, 0 to 1; null: it has not been sent for. */
  readonly part: number | null;
  /** The code it was refused with. */
  readonly wrong: string | null;
}

/** Puts bytes into the store; resolves to null, or to the code of what is wrong. */
export type Put = (file: Chosen, onPart: (part: number) => void, stop: AbortSignal) => Promise<string | null>;

const NONE: readonly Chosen[] = [];

/** What may be sent again as it is. */
const PASSING: ReadonlySet<string> = new Set(["busy", "rate_limited", "unreachable"]);

export class Attaching {
  private readonly chosen = new Map<string, readonly Chosen[]>();
  private readonly stops = new Map<string, AbortController>();
  private readonly listeners = new Set<() => void>();

  of(conversation: string): readonly Chosen[] {
    return this.chosen.get(conversation) ?? NONE;
  }

  isSending(conversation: string): boolean {
    return this.of(conversation).some(({ part }) => part !== null);
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
      wrong: check(file, rules),
    }));
    this.set(conversation, [...this.of(conversation), ...added]);
  }

  remove(conversation: string, id: string): void {
    this.stops.get(id)?.abort();
    this.set(
      conversation,
      this.of(conversation).filter((file) => file.id !== id),
    );
  }

  /**
   * Put all that can be sent into the store, in order, and call `shown` with each id that lies
   * there. Returns whether everything went: what did not stays, with its reason.
   */
  async send(conversation: string, put: Put, shown: (file: string) => void): Promise<boolean> {
    if (this.isSending(conversation)) return false;
    for (const { id } of this.of(conversation).filter(maySend)) {
      const file = this.of(conversation).find((one) => one.id === id);
      // Taken away while another was on its way.
      if (file === undefined) continue;
      const stop = new AbortController();
      this.stops.set(id, stop);
      this.change(conversation, id, { part: 0, wrong: null });
      const wrong = await put(file, (part) => this.change(conversation, id, { part }), stop.signal);
      this.stops.delete(id);
      if (wrong === null) {
        this.set(
          conversation,
          this.of(conversation).filter((one) => one.id !== id),
        );
        shown(id);
      } else this.change(conversation, id, { part: null, wrong });
    }
    return this.of(conversation).length === 0;
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
    for (const listener of this.listeners) listener();
  }
}

/** Whether a file goes with the next press on the button. */
export function maySend({ wrong }: Chosen): boolean {
  return wrong === null || PASSING.has(wrong);
}

/** The code the store would refuse it with, as far as that can be seen from outside. */
export function check(file: Pick<File, "name" | "size" | "type">, rules: FileRules): string | null {
  if (!rules.allowed) return "files_off";
  const endings = rules.types.flatMap((type) => MEDIA_TYPES[type] ?? []);
  const ending = file.name.slice(file.name.lastIndexOf(".") + 1).toLowerCase();
  if (!rules.types.includes(file.type) && !endings.includes(ending)) return "file_type_not_allowed";
  if (file.size === 0) return "file_empty";
  return file.size > rules.max_bytes ? "file_too_large" : null;
}

/** For the browser's own choice of files. */
export function acceptOf(rules: FileRules): string {
  const endings = rules.types.flatMap((type) => MEDIA_TYPES[type] ?? []);
  return [...rules.types, ...endings.map((ending) => `.${ending}`)].join(",");
}
