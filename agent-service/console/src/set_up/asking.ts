/** Questions to agent-service about the set-up, and what comes back. */

const HEADERS = { "Content-Type": "application/json", "X-Prek": "1" };
/** The simulator plays a whole day, twice. */
const ANSWER_WITHIN_MS = 60_000;

export interface Answer {
  /** 0: nothing came back. */
  readonly status: number;
  readonly body: unknown;
}

export async function ask(method: string, path: string, sent?: unknown): Promise<Answer> {
  try {
    const answer = await fetch(path, {
      method,
      headers: HEADERS,
      body: sent === undefined ? null : JSON.stringify(sent),
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    const body: unknown = await answer.json().catch(() => null);
    return { status: answer.status, body };
  } catch {
    return { status: 0, body: null };
  }
}

/** The code of what is wrong; empty where the answer has none. */
export function codeOf({ body }: Answer): string {
  const code = (body as { code?: unknown } | null)?.code;
  return typeof code === "string" ? code : "";
}
