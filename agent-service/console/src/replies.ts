/** Canned replies: which of them a search finds, and what one is when it is filled in. */
import type { CannedReply, Summary, TenantDirectory } from "@prek/wire";
import { pieces } from "./texts";

/** More than this in one list is not read; the search narrows it. */
export const MOST_SHOWN = 30;

/** A part of a filled-in text; `unknown`: a `{x}` that nothing is known for, as it stands. */
export interface Piece {
  readonly text: string;
  readonly unknown: boolean;
}

interface Indexed {
  readonly reply: CannedReply;
  readonly title: string;
  readonly words: string;
  readonly text: string;
}

const folded = (text: string) => text.normalize("NFC").toLocaleLowerCase("nb");

/** The replies an agent may use, made ready for searching. */
export class Replies {
  private readonly all: readonly Indexed[];

  /** `departments`: the agent's own, and the conversation's. Those for every department are in too. */
  constructor(replies: readonly CannedReply[], departments: readonly string[], language: string) {
    this.all = replies
      .filter(({ department }) => department == null || departments.includes(department))
      .map((reply) => ({
        reply,
        title: folded(reply.title),
        words: folded(reply.words.join(" ")),
        text: folded(textIn(reply, language)),
      }));
  }

  get isEmpty(): boolean {
    return this.all.length === 0;
  }

  /**
   * Those that hold every word of the search, the nearest first: whose title begins with it, then
   * title, search words, text; those alike as they stand in the set-up. Nothing asked for: all.
   */
  find(search: string): readonly CannedReply[] {
    const asked = folded(search).split(/\s+/).filter((word) => word !== "");
    const found = this.all.flatMap((each) => {
      const rank = rankOf(each, asked);
      return rank === null ? [] : [{ reply: each.reply, rank }];
    });
    return found.sort((a, b) => a.rank - b.rank).map(({ reply }) => reply);
  }
}

/** How far off the best hit of the worst word is; null: a word is nowhere. */
function rankOf(each: Indexed, asked: readonly string[]): number | null {
  let worst = 0;
  for (const word of asked) {
    const rank = each.title.startsWith(word)
      ? 0
      : each.title.includes(word)
        ? 1
        : each.words.includes(word)
          ? 2
          : each.text.includes(word)
            ? 3
            : null;
    if (rank === null) return null;
    worst = Math.max(worst, rank);
  }
  return worst;
}

/** The text in the citizen's language; `nb` is always there. */
export function textIn({ text }: CannedReply, language: string): string {
  return text[language] ?? text.nb ?? "";
}

/** What a reply is filled in with; what is not known is left out. */
export type Values = Readonly<Partial<Record<"agent" | "department" | "topic" | "reference", string>>>;

/** What is known for a conversation, in the citizen's language. */
export function valuesFor(
  summary: Summary,
  directory: TenantDirectory | null,
  { name, reference }: { readonly name: string; readonly reference: string },
): Values {
  const { language } = summary;
  const named = (of: { readonly name: Readonly<Record<string, string>> } | undefined) =>
    of?.name[language] ?? of?.name.nb;
  const department = named(directory?.departments.find(({ id }) => id === summary.department));
  const topic = named(directory?.topics.find(({ id }) => id === summary.topic));
  return {
    agent: name,
    reference,
    ...(department === undefined ? {} : { department }),
    ...(topic === undefined ? {} : { topic }),
  };
}

/** Fill a text in. A value is never looked into again, and a `{x}` not known stays as it is. */
export function filled(text: string, values: Values): readonly Piece[] {
  return pieces(text)
    .map((piece, at) => {
      if (at % 2 === 0) return { text: piece, unknown: false };
      const value = Object.hasOwn(values, piece) ? values[piece as keyof Values] : undefined;
      return { text: value ?? `{${piece}}`, unknown: value === undefined };
    })
    .filter((piece) => piece.text !== "");
}

export function joined(parts: readonly Piece[]): string {
  return parts.map((part) => part.text).join("");
}

/** The `{x}` in a text that is about to be sent, each once: a citizen should never see one. */
export function unfilled(text: string): readonly string[] {
  return [...new Set(text.match(/\{\w+\}/g) ?? [])];
}

/** Whether a `/` typed here begins a search: at the start of the field, or after white space. */
export function beginsSearch(before: string): boolean {
  return before === "" || /\s$/.test(before);
}

/** The field and its caret after words took the place of what was marked from `from` to `to`. */
export function inserted(
  text: string,
  { from, to }: { readonly from: number; readonly to: number },
  words: string,
): { readonly text: string; readonly caret: number } {
  const before = text.slice(0, from) + words;
  return { text: before + text.slice(to), caret: before.length };
}

/** The option the arrows lead to, round and round. */
export function stepped(at: number, step: 1 | -1, count: number): number {
  return count === 0 ? 0 : (at + step + count) % count;
}
