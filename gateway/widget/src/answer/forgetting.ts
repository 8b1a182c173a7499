/** What became of the wish to be forgotten, in the words of the page. */
import type { AnswerTexts } from "../texts/answer";

const STATES = {
  to_classify: "forget_to_classify",
  open: "forget_to_classify",
  to_archive: "forget_to_archive",
  held: "forget_held",
  erasing: "forget_erasing",
} as const satisfies Record<string, keyof AnswerTexts>;

/** Return what the header `Prek-Forget` says in words; null: there is no wish, or none we know. */
export function forgetting(said: string | null, page: AnswerTexts): string | null {
  const known = Object.entries(STATES).find(([state]) => state === said);
  return known ? page[known[1]] : null;
}
