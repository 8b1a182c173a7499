/**
 * Finds what the doors will mask, to warn before it is sent: national identity numbers, payment
 * cards, bank accounts. The same rules as `services.masking`, which has the last word; this one
 * only spares the writer the surprise. One table of examples is read by both suites.
 */

import { cardLengths, ibanLength, isAccount, isCard, isIban } from "./banknumbers";
import type { SAccepted } from "./contracts";
import { isNationalId } from "./nationalid";

/** A kind of number that is masked. */
export type MaskedKind = SAccepted["kinds"][number];

interface Find {
  readonly start: number;
  readonly stop: number;
  readonly kind: MaskedKind;
}

const KINDS: readonly MaskedKind[] = ["national_id", "card", "account"];

const UNSEEN = String.raw`\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe0e\ufe0f\ufeff`;
/** What people, and programs that copy text, put between digits. */
const SEPARATOR = String.raw`[\s\x1c-\x1f\x85.,:;\/_\(\)\[\]\|\-\u00b7\u2010-\u2015\u2212${UNSEEN}]`;
const RUN = new RegExp(String.raw`\p{Nd}(?:${SEPARATOR}{0,4}\p{Nd}){10,}`, "gu");
const UNSEEN_SIGN = new RegExp(`[${UNSEEN}]`, "gu");

const LETTER = String.raw`[\p{L}\p{Nl}\p{No}]`;
const IBAN_BEGINS = new RegExp(`(?<!${LETTER})[A-Za-z]{2}[0-9]{2}`, "gu");
const IBAN_GAPS = " -.\u00a0\u2009\u202f";
const ACCOUNT_GAPS = " .\u00a0\u2009\u202f";

/** Spells a word for a pattern; the ignoring of case knows letters that look like others. */
const anyCase = (word: string) =>
  Array.from(word, (letter) => `[${letter}${letter.toUpperCase()}]`).join("");

const KONTO =
  `(?:${anyCase("konto")}(?!${anyCase("r")})|${anyCase("konta")}(?!${LETTER})` +
  `|${anyCase("account")}|${anyCase("iban")}|(?<!${LETTER})${anyCase("kto")}(?!${LETTER}))`;
const KONTO_BEFORE = new RegExp(String.raw`${KONTO}[^\p{Nd}*]{0,40}$`, "u");
const KONTO_AFTER = new RegExp(String.raw`^[^\p{Nd}*]{0,40}?${KONTO}`, "u");
const AND_ANOTHER = /^[^\p{Nd}*]{1,12}$/u;
const NO_WORD = String.raw`[^\p{L}\p{N}_*]{0,4}`;
/** A customer identification of a payment has a card's control digit, or an account's. */
const KID_BEFORE = new RegExp(
  String.raw`(?<!${LETTER})${anyCase("kid")}[\s\x1c-\x1f\x85\-]?(?:${anyCase("nummeret")}` +
    `|${anyCase("nummer")}|${anyCase("nr")})?${NO_WORD}(?:${anyCase("er")}|${anyCase("is")})?` +
    `${NO_WORD}$`,
  "u",
);
/** Twice what the longest of these patterns reaches: a sign may be two units here. */
const REACH = 100;

/** A digit and where it stands. */
interface Digit {
  readonly plain: string;
  readonly start: number;
  readonly stop: number;
}

const DIGIT = /\p{Nd}/gu;

/** Every script's ten digits stand in a row: count back to the zero of the row. */
function plainDigit(char: string): string {
  if (char >= "0" && char <= "9") return char;
  const code = char.codePointAt(0) ?? 0;
  let back = 0;
  while (/\p{Nd}/u.test(String.fromCodePoint(code - back - 1))) back += 1;
  return String(back % 10);
}

/** What the doors will mask in a text, each kind once. */
export function findNumbers(text: string): MaskedKind[] {
  const found = new Set(outermost(finds(text)).map((find) => find.kind));
  return KINDS.filter((kind) => found.has(kind));
}

/** Leaves out what lies within another find: it does not say what the place was. */
function outermost(all: Find[]): Find[] {
  const order = [...all].sort(
    (a, b) =>
      a.start - b.start || b.stop - a.stop || KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind),
  );
  let stop = -1;
  return order.filter((find) => {
    const reachesOn = find.stop > stop;
    stop = Math.max(stop, find.stop);
    return reachesOn;
  });
}

function finds(text: string): Find[] {
  const found = ibans(text);
  let accountEnd = -1;
  for (const run of text.matchAll(RUN)) {
    const digits = Array.from(run[0].matchAll(DIGIT), (match) => ({
      plain: plainDigit(match[0]),
      start: run.index + match.index,
      stop: run.index + match.index + match[0].length,
    }));
    digits.forEach((digit, first) => {
      if (digits[first - 1]?.stop === digit.start) return;
      const { start } = digit;
      const kid = KID_BEFORE.test(text.slice(Math.max(0, start - REACH), start));
      if (!kid && text[start - 1] !== "+") found.push(...cards(text, digits, first));
      const eleven = whole(digits, first, 11);
      if (eleven === null) return;
      const { plain, stop } = eleven;
      if (isNationalId(plain)) found.push({ start, stop, kind: "national_id" });
      if (kid || !isAccount(plain)) return;
      const another =
        accountEnd >= 0 && accountEnd <= start && AND_ANOTHER.test(text.slice(accountEnd, start));
      if (another || saysAccount(text, start, stop) || looksLikeAccount(text, digits, first)) {
        found.push({ start, stop, kind: "account" });
        accountEnd = stop;
      }
    });
  }
  return found;
}

/** So many digits from the first on; null if they end within a longer number. */
function whole(digits: readonly Digit[], first: number, length: number) {
  const last = digits[first + length - 1];
  if (last === undefined || digits[first + length]?.start === last.stop) return null;
  const taken = digits.slice(first, first + length);
  return { plain: taken.map((digit) => digit.plain).join(""), stop: last.stop };
}

/** What is seen between each two digits. */
function gapsOf(text: string, digits: readonly Digit[], first: number, length: number): string[] {
  return digits
    .slice(first, first + length - 1)
    .map((digit, i) =>
      text.slice(digit.stop, digits[first + i + 1]?.start).replace(UNSEEN_SIGN, ""),
    );
}

function cards(text: string, digits: readonly Digit[], first: number): Find[] {
  const four = digits.slice(first, first + 4).map((digit) => digit.plain);
  return cardLengths(four.join("")).flatMap((length): Find[] => {
    const number = whole(digits, first, length);
    if (number === null || !isCard(number.plain)) return [];
    if (!groupedAsCard(gapsOf(text, digits, first, length))) return [];
    return [{ start: digits[first]?.start ?? 0, stop: number.stop, kind: "card" }];
  });
}

/** Whether digits are grouped as on a card, or evenly; two telephones are not. */
function groupedAsCard(gaps: readonly string[]): boolean {
  const groups: number[] = [];
  let digits = 1;
  for (const gap of gaps) {
    if (gap !== "") {
      groups.push(digits);
      digits = 0;
    }
    digits += 1;
  }
  groups.push(digits);
  const shape = groups.join("-");
  if (/^(?:[0-9]+|4-6-[45]|(?:4-)+[1-4])$/.test(shape)) return true;
  const alike = new Set(gaps.filter((gap) => gap !== "")).size === 1;
  return alike && /^(?:1(?:-1)*|2(?:-2)*)$/.test(shape);
}

/** Whether eleven digits are grouped as 1234 56 78903 or 1234.56.78903. */
function looksLikeAccount(text: string, digits: readonly Digit[], first: number): boolean {
  const gaps = gapsOf(text, digits, first, 11);
  const gap = gaps[3] ?? "";
  return (
    gap.length === 1 &&
    ACCOUNT_GAPS.includes(gap) &&
    gaps.every((each, i) => each === (i === 3 || i === 5 ? gap : ""))
  );
}

/** Whether a word beside the number says that it is an account. */
function saysAccount(text: string, start: number, stop: number): boolean {
  return (
    KONTO_BEFORE.test(text.slice(Math.max(0, start - REACH), start)) ||
    KONTO_AFTER.test(text.slice(stop, stop + REACH))
  );
}

function ibans(text: string): Find[] {
  const found: Find[] = [];
  let end = 0;
  for (const match of text.matchAll(IBAN_BEGINS)) {
    const length = ibanLength(match[0].slice(0, 2));
    if (length === undefined || match.index < end) continue;
    const { stop, signs } = readSigns(text, match.index, length);
    if (signs.length !== length || goesOn(text, stop) || !isIban(signs)) continue;
    end = stop;
    found.push({ start: match.index, stop, kind: "account" });
  }
  return found;
}

/** Reads so many letters and digits, with at most one sign between each. */
function readSigns(text: string, start: number, length: number) {
  let signs = "";
  let stop = start;
  for (let at = start; at < text.length && signs.length < length; at += 1) {
    const sign = text.charAt(at);
    if (/[A-Za-z0-9]/.test(sign)) {
      signs += sign;
      stop = at + 1;
    } else if (!IBAN_GAPS.includes(sign) || at > stop) break;
  }
  return { stop, signs };
}

/** Whether a word or a number goes on where an account number ended. */
function goesOn(text: string, stop: number): boolean {
  const following = String.fromCodePoint(text.codePointAt(stop) ?? 0);
  return /[0-9]/.test(text.charAt(stop - 1))
    ? /\p{Nd}/u.test(following)
    : /\p{L}/u.test(following);
}
