/** What the console asks over HTTP, and what each answer means. */
import type { Emergency, Why } from "@prek/wire";
import { type EarlierLine, readCopy, readEarlier } from "./earlier";
import type { EarlierAnswer, Explained } from "./model";
import { type Key, refusalKey } from "./texts";

/** A question nobody answers is asked again, instead of leaving the desk at "loading" for ever. */
export const ANSWER_WITHIN_MS = 10_000;
const HEADERS = { "Content-Type": "application/json", "X-Prek": "1" };

/** What is told and done while an emergency is on. */
export type EmergencyOrder = Pick<Emergency, "banner" | "topic" | "borrowed">;

/** Ask the server; null where no answer came in time (ms). */
export async function request(
  method: string,
  path: string,
  body?: unknown,
  within_ms = ANSWER_WITHIN_MS,
): Promise<Response | null> {
  try {
    const sent = body === undefined ? null : JSON.stringify(body);
    const signal = AbortSignal.timeout(within_ms);
    return await fetch(path, { method, headers: HEADERS, body: sent, signal });
  } catch {
    return null;
  }
}

/** Why a conversation waits, or why it was offered as it was. */
export async function askWhy(conversation: string): Promise<Explained> {
  const answer = await request("GET", `/api/routing/explain/${conversation}`);
  if (answer?.ok !== true) return answer?.status === 404 ? "none" : "failed";
  return answer.json().then((why) => why as Why, () => "failed");
}

/** What the citizen of a conversation asked before; the ledger says what this agent may see. */
export async function askEarlier(conversation: string): Promise<EarlierAnswer> {
  const answer = await request("GET", `/api/conversations/${conversation}/earlier`);
  if (answer?.ok !== true) return answer?.status === 404 ? "none" : "failed";
  return answer.json().then(readEarlier).catch(() => "failed");
}

/** The copy of an earlier dialogue; null where it could not be had. */
export async function askCopy(conversation: string): Promise<readonly EarlierLine[] | null> {
  const answer = await request("GET", `/api/conversations/${conversation}/transcript?format=json`);
  if (answer?.ok !== true) return null;
  return answer.json().then(readCopy).catch(() => null);
}

/** Switch the emergency on or change it, or off with null; returns null, or what is wrong. */
export async function orderEmergency(emergency: EmergencyOrder | null): Promise<Key | null> {
  const answer =
    emergency === null
      ? await request("DELETE", "/api/emergency")
      : await request("POST", "/api/emergency", emergency);
  if (answer === null) return "sign_in_failed";
  if (answer.ok) return null;
  const { code = "" } = (await answer.json().catch(() => ({}))) as { code?: string };
  return refusalKey(code);
}
