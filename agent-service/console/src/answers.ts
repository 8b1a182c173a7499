/** Questions to the desk that are not about a conversation: each waits for its own answer. */
import type { DeskFrame } from "@prek/wire";

/** What is told when nothing came back in time: it may have been done all the same. */
export const NO_ANSWER = "no_answer";

export class Answers {
  private readonly waiting = new Map<string, (code: string | null) => void>();

  /**
   * Wait for the answer to the question with this id, at most so long (ms).
   *
   * Resolves in every case: to null when it was done, else to the code of what is wrong.
   */
  to(id: string, within_ms: number): Promise<string | null> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => settle(NO_ANSWER), within_ms);
      const settle = (code: string | null) => {
        clearTimeout(timer);
        this.waiting.delete(id);
        resolve(code);
      };
      this.waiting.set(id, settle);
    });
  }

  /** Hand on what a frame says; to be called with every frame that comes. */
  hear(frame: DeskFrame): void {
    if (frame.type === "done") this.waiting.get(frame.id)?.(null);
    if (frame.type === "refused" && frame.id !== null) this.waiting.get(frame.id)?.(frame.code);
  }
}
