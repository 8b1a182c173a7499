/**
 * Files on their way: chosen, put into the store, shown. No IO, no clock, no chance; the bytes
 * are kept by `filing.ts`. A file has one id from the moment it is chosen: in the field, in the
 * store, as an action and as a row of the dialogue.
 */
import {
  checkFile,
  enqueue,
  find,
  MAX_FILE_BYTES,
  MEDIA_TYPES,
  resolve,
  type FileRules,
  type Outbox,
} from "@prek/wire";
import type { CitizenAction, State } from "./state";

/** A file that was chosen, and not yet sent. */
export interface Chosen {
  readonly id: string;
  readonly name: string;
  /** In bytes. */
  readonly size: number;
  /** What the browser takes it for; the store looks for itself. */
  readonly type: string;
  /** The code it would be refused with; it stands there until something else is done. */
  readonly wrong: string | null;
}

export interface Upload {
  readonly id: string;
  readonly conversation: string;
  readonly name: string;
  readonly size: number;
  readonly type: string;
  readonly stage: "queued" | "sending" | "stored" | "failed";
  /** How much has gone, 0 to 1. */
  readonly part: number;
  /** How often it was tried since the citizen last asked for it. */
  readonly tries: number;
  /** When it is to be tried again, in ms. */
  readonly dueAt: number;
  readonly why: string | null;
}

export type FileHappening =
  | { readonly kind: "files_chosen"; readonly files: readonly Omit<Chosen, "wrong">[] }
  | { readonly kind: "file_unchosen"; readonly id: string }
  | { readonly kind: "upload_began"; readonly id: string }
  | { readonly kind: "upload_went"; readonly id: string; readonly part: number }
  | { readonly kind: "upload_stored"; readonly id: string }
  /** It may succeed another time. */
  | { readonly kind: "upload_postponed"; readonly id: string; readonly dueAt: number }
  | { readonly kind: "upload_failed"; readonly id: string; readonly code: string }
  | { readonly kind: "upload_retried"; readonly id: string }
  /** The citizen changed their mind, or has seen that it failed. */
  | { readonly kind: "upload_dropped"; readonly id: string };

const RULES: FileRules = {
  allowed: true,
  max_bytes: MAX_FILE_BYTES,
  types: Object.keys(MEDIA_TYPES),
};
/** So often it is tried before the citizen is asked; the texts behind it wait meanwhile. */
const MOST_TRIES = 6;
/** What may well succeed when it is tried again as it is. */
const WORTH_ANOTHER_TRY: ReadonlySet<string> = new Set([
  "unreachable",
  "file_unknown",
  "token_invalid",
]);

/** What the municipality lets people send; until it is known, what anybody may. */
export function rulesOf({ setup }: State): FileRules {
  return setup?.files ?? RULES;
}

/** `jpg` for `image/jpeg`; null for a type that is not sent. */
export function usualEnding(type: string): string | null {
  return MEDIA_TYPES[type]?.[0] ?? null;
}

/** What is sent with the next press on the button. */
export function goodOf(chosen: readonly Chosen[]): readonly Chosen[] {
  return chosen.filter(({ wrong }) => wrong === null);
}

/** Whether the citizen may try it again. */
export function mayRetry(upload: Upload): boolean {
  return WORTH_ANOTHER_TRY.has(upload.why ?? "");
}

/** Send what was chosen: each file has its place in the lane at once, and waits there. */
export function sendFiles(
  state: Pick<State, "chosen" | "uploads" | "stream">,
  conversation: string,
  outbox: Outbox<CitizenAction>,
): Pick<State, "chosen" | "uploads" | "outbox"> {
  const good = goodOf(state.chosen);
  const uploads = good.map(({ id, name, size, type }): Upload => ({
    id,
    conversation,
    name,
    size,
    type,
    stage: "queued",
    part: 0,
    tries: 0,
    dueAt: 0,
    why: null,
  }));
  const seen = state.stream.last;
  return {
    chosen: [],
    uploads: [...state.uploads, ...uploads],
    outbox: good.reduce(
      (box, { id }) => enqueue(box, conversation, { type: "send_file", id, file: id, seen }),
      outbox,
    ),
  };
}

/**
 * The outbox as it may be sent now: a file that is not in the store yet holds back what was
 * written after it, so that nothing overtakes it.
 */
export function hold(
  outbox: Outbox<CitizenAction>,
  uploads: readonly Upload[],
): Outbox<CitizenAction> {
  const stored = new Set(uploads.filter(({ stage }) => stage === "stored").map(({ id }) => id));
  const entries = outbox.entries.map((entry) => {
    if (entry.action.type !== "send_file") return entry;
    if (!stored.has(entry.action.id)) return { ...entry, dueAt: Infinity };
    return entry.dueAt === Infinity ? { ...entry, dueAt: 0 } : entry;
  });
  return { entries };
}

/** The file to be put into the store next, one at a time and in order; null: none may go now. */
export function nextUpload(state: State): Upload | null {
  const { uploads, conversation, line } = state;
  if (conversation?.opened !== true || line !== "ready") return null;
  const mine = uploads.filter((upload) => upload.conversation === conversation.id);
  if (mine.some(({ stage }) => stage === "sending")) return null;
  return mine.find(({ stage }) => stage === "queued") ?? null;
}

/** Those that are in the archive now need no telling of how they got there. */
export function shownUploads(
  uploads: readonly Upload[],
  committed: ReadonlySet<string>,
): readonly Upload[] {
  const left = uploads.filter(({ id }) => !committed.has(id));
  return left.length === uploads.length ? uploads : left;
}

/** The ledger did not take it: the row stays, and says why. */
export function failUpload(state: State, id: string, code: string): State {
  return {
    ...state,
    outbox: resolve(state.outbox, id),
    uploads: change(state.uploads, id, { stage: "failed", why: code, part: 0 }),
  };
}

export function onFile(state: State, happening: FileHappening): State {
  if (happening.kind === "files_chosen") return choose(state, happening.files);
  const { id } = happening;
  if (happening.kind === "file_unchosen") {
    return { ...state, chosen: state.chosen.filter((each) => each.id !== id) };
  }
  const upload = state.uploads.find((each) => each.id === id);
  // The citizen dropped it meanwhile, or it is in the archive already.
  if (upload === undefined) return state;
  switch (happening.kind) {
    case "upload_began":
      return { ...state, uploads: change(state.uploads, id, { stage: "sending", part: 0 }) };
    case "upload_went":
      return { ...state, uploads: change(state.uploads, id, { part: happening.part }) };
    case "upload_stored":
      return { ...state, uploads: change(state.uploads, id, { stage: "stored", part: 1 }) };
    case "upload_postponed": {
      const tries = upload.tries + 1;
      if (tries >= MOST_TRIES) return failUpload(state, id, "unreachable");
      const later = { stage: "queued", part: 0, tries, dueAt: happening.dueAt } as const;
      return { ...state, uploads: change(state.uploads, id, later) };
    }
    case "upload_failed":
      return failUpload(state, id, happening.code);
    case "upload_retried":
      return retry(state, upload);
    case "upload_dropped":
      return {
        ...state,
        outbox: resolve(state.outbox, id),
        uploads: state.uploads.filter((each) => each.id !== id),
      };
  }
}

function choose(state: State, files: readonly Omit<Chosen, "wrong">[]): State {
  const rules = rulesOf(state);
  const added = files.map((file) => ({ ...file, wrong: checkFile(rules, file) }));
  return { ...state, chosen: [...goodOf(state.chosen), ...added], refusal: null };
}

/** Last in the lane again: what was written since has gone on without it. */
function retry(state: State, upload: Upload): State {
  const { id, conversation } = upload;
  if (find(state.outbox, id) !== null || conversation !== state.conversation?.id) return state;
  const again = { stage: "queued", tries: 0, dueAt: 0, part: 0, why: null } as const;
  return {
    ...state,
    uploads: change(state.uploads, id, again),
    outbox: enqueue(state.outbox, conversation, {
      type: "send_file",
      id,
      file: id,
      seen: state.stream.last,
    }),
  };
}

function change(uploads: readonly Upload[], id: string, to: Partial<Upload>): readonly Upload[] {
  return uploads.map((upload) => (upload.id === id ? { ...upload, ...to } : upload));
}
