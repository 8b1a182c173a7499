/** Whether what was written can be answered to, or opened with. The server looks again. */

/** The longest address that can be mailed to. */
const LONGEST_EMAIL = 254;
const EMAIL = /^[^\s@<>()",;:]{1,64}@[^\s@<>()",;:]+\.[^\s@<>()",;:.]{2,}$/;
/** Eight digits in Norway; elsewhere a country code and the number. */
const PHONE = /^([2-9]\d{7}|(\+|00)[1-9]\d{6,14})$/;
const BETWEEN_DIGITS = /[\s().\/\-\u2010-\u2015\u2212]/g;

export function isEmail(text: string): boolean {
  return text.length <= LONGEST_EMAIL && EMAIL.test(text);
}

/** A telephone number as people write it, without what only makes it easy to read. */
export function plainPhone(text: string): string | null {
  const plain = text.replace(BETWEEN_DIGITS, "");
  return PHONE.test(plain) ? plain : null;
}

/** Digits of Crockford's base 32; what is easily mistaken for one of them is read as that. */
const MISTAKEN: Readonly<Record<string, string>> = { O: "0", I: "1", L: "1" };
const DIGITS = /^[0-9A-HJKMNP-TV-Z]+$/;
const RECEIPT_PREFIX = 2;
const RECEIPT_DIGITS = 8;
const SECRET_DIGITS = 16;

function bare(text: string): string {
  return text.toUpperCase().replace(/[^0-9A-Z]/g, "");
}

function digits(text: string, count: number): string | null {
  const read = text.replace(/[OIL]/g, (letter) => MISTAKEN[letter] ?? letter);
  if (read.length !== count || !DIGITS.test(read)) return null;
  return read.match(/.{4}/g)?.join("-") ?? null;
}

/** `sa 12cd34ef` as `SA-12CD-34EF`; null: no receipt number. */
export function receiptNumber(text: string): string | null {
  const all = bare(text);
  const number = digits(all.slice(RECEIPT_PREFIX), RECEIPT_DIGITS);
  return number === null ? null : `${all.slice(0, RECEIPT_PREFIX)}-${number}`;
}

/** The sixteen characters that belong to a receipt number, in fours; null: they are not that. */
export function receiptSecret(text: string): string | null {
  return digits(bare(text), SECRET_DIGITS);
}
