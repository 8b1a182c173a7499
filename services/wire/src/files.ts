/** Files of the dialogue: what may be chosen, the header of a name, and saving what was fetched. */
import { MEDIA_TYPES, type FileRules } from "./contracts";

/** Longer than any browser takes to read what a link was pressed for, in ms. */
const KEPT_MS = 60_000;

/** What is known of a file before it is sent. */
export interface FileAbout {
  readonly name: string;
  /** In bytes. */
  readonly size: number;
  /** What the browser takes it for; the store looks for itself. */
  readonly type: string;
}

/** The endings of what may be sent, `jpg` first. */
export function endingsOf(rules: FileRules): string[] {
  return rules.types.flatMap((type) => MEDIA_TYPES[type] ?? []);
}

/** For the browser's own choice of files: telephones offer the camera where pictures are. */
export function acceptOf(rules: FileRules): string {
  return [...rules.types, ...endingsOf(rules).map((ending) => `.${ending}`)].join(",");
}

export function endingOf(name: string): string {
  const at = name.lastIndexOf(".");
  return at < 1 ? "" : name.slice(at + 1).toLowerCase();
}

/** The code the store would refuse it with, as far as that can be seen from outside. */
export function checkFile(rules: FileRules, file: FileAbout): string | null {
  if (!rules.allowed) return "files_off";
  const known = rules.types.includes(file.type) || endingsOf(rules).includes(endingOf(file.name));
  if (!known) return "file_type_not_allowed";
  if (file.size === 0) return "file_empty";
  return file.size > rules.max_bytes ? "file_too_large" : null;
}

/** A header holds ASCII. Half a character at the edge of a name would be no UTF-8. */
export function encodeName(name: string): string {
  return encodeURIComponent(name.replace(/\p{Surrogate}/gu, "\ufffd"));
}

/** Let the browser save bytes under a name. */
export function save(blob: Blob, name: string): void {
  const address = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  // The download has taken the blob once the click has been handled.
  setTimeout(() => URL.revokeObjectURL(address), KEPT_MS);
}
