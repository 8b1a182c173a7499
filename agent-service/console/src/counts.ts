/** Forms of numbers, made once: making one takes a hundred times as long as using it. */
import type { Language } from "./texts";

const forms = new Map<string, Intl.NumberFormat>();

/** The form of numbers in the first of these languages that the browser knows. */
export function numbersIn(
  languages: string | readonly string[],
  shape: Intl.NumberFormatOptions = {},
): Intl.NumberFormat {
  const key = JSON.stringify([languages, shape]);
  let form = forms.get(key);
  if (form === undefined) {
    form = new Intl.NumberFormat([languages].flat(), shape);
    forms.set(key, form);
  }
  return form;
}

/** A number of bytes, in kilobytes or megabytes. */
export function fileSize(bytes: number, language: Language): string {
  const [value, unit] = bytes < 1_000_000 ? [bytes / 1_000, "kilobyte"] : [bytes / 1e6, "megabyte"];
  const maximumFractionDigits = value < 10 ? 1 : 0;
  return numbersIn(language, { style: "unit", unit, maximumFractionDigits }).format(value);
}
