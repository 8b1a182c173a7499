/** One `PUT` of a file, with its progress: `fetch` does not tell how much has gone. */
import { encodeName } from "@prek/wire";

export interface PutAnswer {
  /** 0: nobody answered. */
  readonly status: number;
  readonly code: string;
  readonly retryAfterS: number | null;
}

export interface Put {
  readonly address: string;
  readonly token: string;
  readonly name: string;
  readonly bytes: Blob;
  readonly stop: AbortSignal;
  /** 0 to 1, in whole hundredths, each told once. */
  readonly onPart: (part: number) => void;
}

/**
 * A line on which nothing moves for so long is gone, in ms. After the last byte the store has up to
 * 75 s to look for viruses and to write a picture anew.
 */
const STALLED_MS = 95_000;

/** Resolves in every case; `stopped` when the citizen dropped it. */
export function putFile(put: Put): Promise<PutAnswer | "stopped"> {
  return new Promise((resolve) => {
    const asked = new XMLHttpRequest();
    let timer = 0;
    let told = 0;
    const alive = () => {
      clearTimeout(timer);
      timer = window.setTimeout(() => asked.abort(), STALLED_MS);
    };
    asked.upload.onprogress = ({ loaded, total }) => {
      alive();
      const part = Math.floor((100 * loaded) / Math.max(1, total)) / 100;
      if (part > told) put.onPart((told = part));
    };
    asked.onloadend = () => {
      clearTimeout(timer);
      resolve(put.stop.aborted ? "stopped" : answerOf(asked));
    };
    put.stop.addEventListener("abort", () => asked.abort());
    asked.open("PUT", put.address);
    asked.setRequestHeader("Authorization", `Bearer ${put.token}`);
    asked.setRequestHeader("Content-Type", "application/octet-stream");
    asked.setRequestHeader("Prek-File-Name", encodeName(put.name));
    alive();
    asked.send(put.bytes);
  });
}

function answerOf(asked: XMLHttpRequest): PutAnswer {
  const wait = Number(asked.getResponseHeader("Retry-After") ?? NaN);
  return {
    status: asked.status,
    code: codeOf(asked.responseText, asked.status),
    retryAfterS: Number.isFinite(wait) ? wait : null,
  };
}

/** A proxy on the way answers in its own words. */
export function codeOf(text: string, status: number): string {
  try {
    const { code } = JSON.parse(text) as { code?: unknown };
    if (typeof code === "string") return code;
  } catch {
    // Not ours.
  }
  return status === 413 ? "file_too_large" : "file_refused";
}
