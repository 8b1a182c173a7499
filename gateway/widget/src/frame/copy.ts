/** The conversation in writing: fetched with the copy token, saved as a file. */

export type CopyFormat = "txt" | "html" | "json";

/** Ask for it. The token goes in a header: addresses end up in logs. */
export function fetchCopy(
  conversation: string,
  format: CopyFormat,
  token: string,
  language?: string,
): Promise<Response> {
  const address = new URL(`/copy/${conversation}`, document.baseURI);
  address.searchParams.set("format", format);
  if (language !== undefined) address.searchParams.set("language", language);
  return fetch(address, { headers: { Authorization: `Bearer ${token}` } });
}

/** Fetch and save. Throws when it cannot be had, so that the citizen is told. */
export async function downloadCopy(
  conversation: string,
  format: CopyFormat,
  token: string,
  name: string,
): Promise<void> {
  const answer = await fetchCopy(conversation, format, token);
  if (!answer.ok) throw new Error(`copy: ${answer.status}`);
  save(await answer.blob(), `${name}.${format}`);
}

function save(blob: Blob, name: string): void {
  const address = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  // The download has taken the blob once the click has been handled.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
