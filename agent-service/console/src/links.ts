/** Links into the desk, such as an alert's: `/#conversation=<id>`. */

/** The conversation a link's fragment names, or null. */
export function linkedConversation(hash: string): string | null {
  const id = new URLSearchParams(hash.replace(/^#/, "")).get("conversation");
  return id !== null && /^[0-9a-f-]{36}$/i.test(id) ? id.toLowerCase() : null;
}
