/** The conversation in writing: fetched with the copy token, saved as a file, or linked to. */
import { save } from "@prek/wire";
import { shownLanguage, type Language } from "../texts/catalogue";

export type CopyFormat = "pdf" | "txt" | "html" | "json";

/** Which conversation, what opens its copy, and the language of what stands round the words. */
export interface Copy {
  readonly conversation: string;
  readonly token: string;
  readonly language: Language;
}

/** Ask for it. The token goes in a header: addresses end up in logs. */
export function fetchCopy(
  { conversation, token, language }: Copy,
  format: CopyFormat,
): Promise<Response> {
  const address = new URL(`/copy/${conversation}`, document.baseURI);
  address.searchParams.set("format", format);
  address.searchParams.set("language", shownLanguage(language));
  return fetch(address, { headers: { Authorization: `Bearer ${token}` } });
}

/** Fetch and save. Throws when it cannot be had, so that the citizen is told. */
export async function downloadCopy(copy: Copy, format: CopyFormat, name: string): Promise<void> {
  const answer = await fetchCopy(copy, format);
  if (!answer.ok) throw new Error(`copy: ${answer.status}`);
  save(await answer.blob(), `${name}-${copy.conversation.slice(0, 8)}.${format}`);
}

/** The page that shows it to whoever has the link. Behind the `#` no server sees the token. */
export function copyLink({ token, language }: Copy, base: string): string {
  const address = new URL("/svar", base);
  address.searchParams.set("lang", shownLanguage(language));
  address.hash = token;
  return address.href;
}

/** Fetch a file of the conversation. Throws when it cannot be had. */
export async function downloadFile(
  { conversation, token }: Copy,
  file: { readonly file: string; readonly name: string },
): Promise<void> {
  const address = new URL(`/api/files/${conversation}/${file.file}`, document.baseURI);
  const answer = await fetch(address, { headers: { Authorization: `Bearer ${token}` } });
  if (!answer.ok) throw new Error(`file: ${answer.status}`);
  save(await answer.blob(), file.name);
}
