/** The door's rules for a text, so that the writer is told before anything is sent. */
import { MAX_TEXT_BYTES, type Refusal } from "./contracts";

/** What the server calls white space (U+FEFF and the zero-width characters are not). */
const BLANK = /^[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]*$/;
const LONE_SURROGATE = /\p{Surrogate}/u;

/** Size of a text in bytes of UTF-8. */
export function utf8Bytes(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** The code the server would refuse this text with, or null when it may be sent. */
export function checkText(text: string): Refusal | null {
  if (text.includes("\0")) return "text_has_nul";
  if (LONE_SURROGATE.test(text)) return "text_has_lone_surrogate";
  if (utf8Bytes(text) > MAX_TEXT_BYTES) return "text_too_long";
  return BLANK.test(text) ? "text_blank" : null;
}
