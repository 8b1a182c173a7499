/** What the link of an e-mail holds: a read-only token, in the fragment, which no server is sent. */

export interface AnswerLink {
  readonly conversation: string;
  readonly token: string;
  /** Whose chat it was; null: the token does not say, and there is no way to a new question. */
  readonly tenant: string | null;
}

/** Read `#<token>`; null when it holds none that names a conversation. */
export function readLink(fragment: string): AnswerLink | null {
  const token = fragment.replace(/^#/, "");
  const payload = token.split(".")[1];
  if (payload === undefined) return null;
  try {
    const claims = JSON.parse(fromBase64Url(payload)) as {
      conversation?: unknown;
      tenant?: unknown;
    };
    const { conversation, tenant } = claims;
    // It becomes a part of an address: nothing but an id may.
    if (typeof conversation !== "string" || !/^[0-9a-f-]{36}$/.test(conversation)) return null;
    return { conversation, token, tenant: typeof tenant === "string" ? tenant : null };
  } catch {
    return null;
  }
}

function fromBase64Url(text: string): string {
  return atob(text.replace(/-/g, "+").replace(/_/g, "/"));
}
