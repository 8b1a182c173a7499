/** Rule of the national identity numbers, as the server has it in `services.national_id`. */

const WEIGHTS_1 = [3, 7, 6, 1, 8, 9, 4, 5, 2, 1];
const WEIGHTS_2 = [5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1];
/** Added to the month of synthetic and emergency numbers. */
const MONTH_OFFSETS = [0, 40, 65, 80];
const DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

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
  const written = d1 * 10 + d2;
  const day = written > 40 ? written - 40 : written;
  const month = m1 * 10 + m2;
  return MONTH_OFFSETS.some((offset) => {
    const days = DAYS[month - offset - 1];
    return days !== undefined && day >= 1 && day <= days;
  });
}
