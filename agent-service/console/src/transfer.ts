/** One `PUT` of a file with its progress, which `fetch` does not tell; and one `GET`. */
import { encodeName } from "@prek/wire";


/**
 * A line on which nothing moves for so long is gone, in ms. After the last byte the store has up to
 * 75 s to look for viruses and to write a picture anew.
 */
const STALLED_MS = 95_000;

export interface Sent {
  readonly address: string;
  readonly name: string;
  readonly bytes: Blob;
  readonly onPart: (part: number) => void;
  readonly stop: AbortSignal;
}

/** Resolves in every case: to null, or to the code of what is wrong. */
export function putFile({ address, name, bytes, onPart, stop }: Sent): Promise<string | null> {
  return new Promise((resolve) => {
    const asked = new XMLHttpRequest();
    let timer = 0;
    const alive = () => {
      window.clearTimeout(timer);
      timer = window.setTimeout(() => asked.abort(), STALLED_MS);
    };
    asked.upload.onprogress = ({ loaded, total }) => {
      alive();
      onPart(loaded / Math.max(1, total));
    };
    asked.onloadend = () => {
      window.clearTimeout(timer);
      resolve(asked.status === 200 ? null : codeOf(asked.responseText, asked.status));
    };
    stop.addEventListener("abort", () => asked.abort());
    asked.open("PUT", address);
    asked.setRequestHeader("X-Prek", "1");
    asked.setRequestHeader("Content-Type", "application/octet-stream");
    asked.setRequestHeader("Prek-File-Name", encodeName(name));
    alive();
    asked.send(bytes);
  });
}

/** A proxy on the way answers in its own words, and a lost line in none. */
export function codeOf(text: string, status: number): string {
  try {
    const { code } = JSON.parse(text) as { code?: unknown };
    if (typeof code === "string") return code;
  } catch {
    // Not ours.
  }
  return status === 413 ? "file_too_large" : "unreachable";
}

/** The bytes of a file that the dialogue shows. Throws when they cannot be had. */
export async function getFile(address: string): Promise<Blob> {
  const answer = await fetch(address, { signal: AbortSignal.timeout(STALLED_MS) });
  if (!answer.ok) throw new Error(`file: ${answer.status}`);
  return answer.blob();
}
