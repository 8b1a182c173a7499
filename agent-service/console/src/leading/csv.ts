/** A table as a file that Norwegian Excel opens as it is: RFC 4180, but with semicolons. */

export type Cell = string | number | null;

/** Says that it is UTF-8. */
const BOM = "\uFEFF";
/** A cell that begins so is taken for a formula by spreadsheets. */
const FORMULA = /^[=+\-@\t\r]/;

/** The file's text. Numbers have a decimal comma, an empty cell is null. */
export function csv(rows: readonly (readonly Cell[])[]): string {
  return BOM + rows.map((row) => `${row.map(cell).join(";")}\r\n`).join("");
}

function cell(value: Cell): string {
  if (value === null) return "";
  if (typeof value === "number") return String(value).replace(".", ",");
  // The apostrophe makes a text of it; a name of the set-up must not run in a leader's Excel.
  const text = FORMULA.test(value) ? `'${value}` : value;
  return /[";\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
