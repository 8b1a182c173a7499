/** Rules of payment cards and bank accounts, as the server has them in `services.bank_numbers`. */

const ACCOUNT_WEIGHTS = [5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1];
const LONG = [16, 17, 18, 19];

/** First and last prefix of four digits, and how many digits such a card has. */
const CARDS: readonly (readonly [number, number, readonly number[]])[] = [
  [4000, 4999, [16, 13, 19]], // Visa
  [5100, 5599, [16]], // Mastercard
  [2221, 2720, [16]],
  [3400, 3499, [15]], // American Express
  [3700, 3799, [15]],
  [3000, 3059, [14, 16]], // Diners Club
  [3095, 3095, [14, 16]],
  [3600, 3699, [14, 16]],
  [3800, 3999, [14, 16]],
  [3528, 3589, LONG], // JCB
  [5018, 5020, LONG], // Maestro, Dankort
  [5038, 5038, LONG],
  [5893, 5893, LONG],
  [6304, 6304, LONG],
  [6759, 6763, LONG],
  [6011, 6011, LONG], // Discover
  [6440, 6599, LONG],
  [6200, 6299, LONG], // UnionPay
  [2200, 2204, LONG], // Mir
];

const IBAN_LENGTHS: Readonly<Record<string, number>> = Object.fromEntries(
  (
    [
      [15, "NO"],
      [16, "BE"],
      [18, "DK FI FK FO GL NL SD"],
      [19, "MK SI"],
      [20, "AT BA EE KZ LT LU MN XK"],
      [21, "CH HR LI LV"],
      [22, "BG BH CR DE GB GE IE ME RS VA"],
      [23, "AE GI IL IQ OM SO TL"],
      [24, "AD CZ ES MD PK RO SA SE SK TN VG"],
      [25, "LY PT ST"],
      [26, "IS TR"],
      [27, "BI DJ FR GR IT MC MR SM"],
      [28, "AL AZ BY CY DO GT HN HU LB NI PL SV"],
      [29, "BR EG PS QA UA"],
      [30, "JO KW MU YE"],
      [31, "MT SC"],
      [32, "LC"],
      [33, "RU"],
    ] as const
  ).flatMap(([length, countries]) => countries.split(" ").map((country) => [country, length])),
);

/** How many digits a card may have whose first four are these; empty: no card. */
export function cardLengths(prefix: string): readonly number[] {
  const four = Number(prefix);
  return CARDS.find(([low, high]) => low <= four && four <= high)?.[2] ?? [];
}

/** Whether digits are a card's number: known prefix, its length, Luhn's sum. */
export function isCard(digits: string): boolean {
  if (!cardLengths(digits.slice(0, 4)).includes(digits.length)) return false;
  const sum = Array.from(digits, Number).reduceRight((total, digit, i) => {
    const value = (digits.length - i) % 2 === 0 ? 2 * digit : digit;
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 === 0;
}

/** Whether eleven digits are a Norwegian account number; one in eleven rows of digits is. */
export function isAccount(digits: string): boolean {
  const weighted = ACCOUNT_WEIGHTS.reduce((sum, w, i) => sum + w * Number(digits[i]), 0);
  return weighted % 11 === 0 && !digits.startsWith("0000");
}

/** How many letters and digits a country's account numbers have; undefined: it has none. */
export function ibanLength(country: string): number | undefined {
  return IBAN_LENGTHS[country.toUpperCase()];
}

/** Whether letters and digits without spaces are an international account number. */
export function isIban(signs: string): boolean {
  const upper = signs.toUpperCase();
  if (upper.length !== ibanLength(upper.slice(0, 2))) return false;
  const spelled = (upper.slice(4) + upper.slice(0, 4)).replace(/[A-Z]/g, (letter) =>
    String(letter.charCodeAt(0) - 55),
  );
  return Array.from(spelled, Number).reduce((rest, digit) => (rest * 10 + digit) % 97, 0) === 1;
}
