/** The words for a code of agent-service about the set-up. */
import { isKey, type Key } from "../texts";

/** An empty code: there was no answer, or none that can be read. */
export function said(code: string): Key {
  const key = `su_code_${code}`;
  return isKey(key) ? key : "su_code_failed";
}
