/** The way back to a written question: a receipt number and its secret, exchanged for a token. */
import type { Unopened } from "./forms";

export interface Opened {
  readonly conversation: string;
  readonly token: string;
}

interface Asked {
  readonly tenant: string;
  readonly receipt: string;
  readonly secret: string;
}

const TOO_OFTEN = 429;

/** What the pair opens, or why it opens nothing. */
export async function openReceipt(asked: Asked, fetcher = fetch): Promise<Opened | Unopened> {
  try {
    // In the body: addresses end up in logs.
    const answer = await fetcher(new URL("../api/receipt", document.baseURI), {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(asked),
    });
    if (answer.ok) return read(await answer.json());
    return answer.status === TOO_OFTEN ? "reentry_often" : unopened(answer.status);
  } catch {
    return "reentry_unreachable";
  }
}

/** A server that is unwell says nothing of the pair. */
function unopened(status: number): Unopened {
  return status >= 500 ? "reentry_unreachable" : "reentry_unknown";
}

function read(answer: unknown): Opened | Unopened {
  const { conversation, token } = (answer ?? {}) as Partial<Opened>;
  if (typeof conversation !== "string" || typeof token !== "string") return "reentry_unreachable";
  return { conversation, token };
}
