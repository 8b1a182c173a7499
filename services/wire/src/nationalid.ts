/**
 * Finds what looks like a national identity number, to warn before it is sent. The server masks by
 * the same rule; this one only spares the writer the surprise.
 */

export interface Found {
  /** Where the number begins in the text. */
  readonly start: number;
  /** Where it ends (exclusive). */
  readonly end: number;
}

const WEIGHTS_1 = [3, 7, 6, 1, 8, 9, 4, 5, 2, 1];
const WEIGHTS_2 = [5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1];
/** Added to the month of synthetic and emergency numbers. */
const MONTH_OFFSETS = [0, 40, 65, 80];
const DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** What people, and programs that copy text, put between digits: as the server has it. */
const SEPARATOR = String.raw`[\s\x1c-\x1f\x85.,:;/_\-\u00ad\u00b7\u2010-\u2015\u2212\u200b-\u200f\u2060\ufeff]`;
const RUN = new RegExp(String.raw`\p{Nd}+(?:${SEPARATOR}{1,4}\p{Nd}+)*`, "gu");
const GROUP = /\p{Nd}+/gu;

/** Whether eleven digits are a fødselsnummer, D-number or synthetic number, old rule or 2032's. */
export function isNationalId(digits: string): boolean {
  if (!/^[0-9]{11}$/.test(digits)) return false;
  const d = Array.from(digits, Number);
  return hasDate(d) && weigh(d, WEIGHTS_1) <= 3 && weigh(d, WEIGHTS_2) === 0;
}

function weigh(digits: readonly number[], weights: readonly number[]): number {
  return weights.reduce((sum, weight, i) => sum + weight * (digits[i] ?? 0), 0) % 11;
}

function hasDate(d: readonly number[]): boolean {
  const [d1 = 0, d2 = 0, m1 = 0, m2 = 0] = d;
  const day = (d1 >= 4 ? d1 - 4 : d1) * 10 + d2;
  const written = m1 * 10 + m2;
  return MONTH_OFFSETS.some((offset) => {
    const days = DAYS[written - offset - 1];
    return days !== undefined && day >= 1 && day <= days;
  });
}

interface Group {
  readonly digits: string;
  readonly start: number;
  readonly end: number;
}

/** The digit groups of one run, with digits of other scripts and full width made plain. */
function groupsOf(run: RegExpExecArray | RegExpMatchArray): Group[] {
  const offset = run.index ?? 0;
  return Array.from(run[0].matchAll(GROUP), (match) => ({
    digits: Array.from(match[0], plainDigit).join(""),
    start: offset + match.index,
    end: offset + match.index + match[0].length,
  }));
}

/** Every script's ten digits stand in a row: count back to the zero of the row. */
function plainDigit(char: string): string {
  if (char >= "0" && char <= "9") return char;
  const code = char.codePointAt(0) ?? 0;
  let value = 0;
  while (value < 9 && /\p{Nd}/u.test(String.fromCodePoint(code - value - 1))) value += 1;
  return String(value);
}

/** All numbers found, in order, without overlap. A number never begins inside a longer one. */
export function findNationalIds(text: string): Found[] {
  const found: Found[] = [];
  for (const run of text.matchAll(RUN)) {
    const groups = groupsOf(run);
    for (let i = 0; i < groups.length; i += 1) {
      const last = endOfNumber(groups, i);
      if (last === null) continue;
      found.push({ start: groups[i]?.start ?? 0, end: groups[last]?.end ?? 0 });
      i = last;
    }
  }
  return found;
}

/** The index of the group where a number that begins with group `first` ends, or null. */
function endOfNumber(groups: readonly Group[], first: number): number | null {
  let digits = "";
  for (let i = first; i < groups.length && digits.length < 11; i += 1) {
    digits += groups[i]?.digits ?? "";
    if (digits.length === 11 && isNationalId(digits)) return i;
  }
  return null;
}
