/** What an archivist asks agent-service about the archive, retention and access, and its answers. */
import type { ArchiveChoice } from "../classifying";
import { ask, codeOf } from "../set_up/asking";

export interface Failed {
  readonly code: string;
}

export function failed(value: unknown): value is Failed {
  return typeof value === "object" && value !== null && "code" in value;
}

async function answered<T>(method: string, path: string, sent?: unknown): Promise<T | Failed> {
  const answer = await ask(method, path, sent);
  if (answer.status >= 200 && answer.status < 300) return answer.body as T;
  return { code: codeOf(answer) || "failed" };
}

// Handing over

export const STATES = ["unclassified", "waiting", "on_its_way", "failed", "received"] as const;
export type ExportState = (typeof STATES)[number];

export interface Handed {
  readonly conversation: string;
  readonly reference: string;
  readonly closed_at: string;
  readonly topic: string | null;
  readonly department: string;
  readonly archive: ArchiveChoice | null;
  readonly state: ExportState;
  readonly attempts: number;
  readonly error: string | null;
  readonly case_number: string | null;
  readonly record_number: string | null;
  readonly received_at: string | null;
}

export interface HandedPage {
  readonly way: "none" | "folder" | "http";
  readonly counts: Readonly<Record<ExportState, number>>;
  readonly conversations: readonly Handed[];
  readonly next: string | null;
}

export function handed(state: ExportState, department: string, after: string | null) {
  const asked = new URLSearchParams({ state, limit: "50" });
  if (department !== "") asked.set("department", department);
  if (after !== null) asked.set("after", after);
  return answered<HandedPage>("GET", `/api/archive/exports?${asked.toString()}`);
}

export function retry(conversation: string) {
  return answered<unknown>("POST", `/api/archive/exports/${conversation}/retry`);
}

export function putIn(conversation: string, case_number: string, record_number: string) {
  return answered<unknown>("POST", `/api/archive/exports/${conversation}/receipt`, {
    case_number: case_number.trim() || null,
    record_number: record_number.trim() || null,
  });
}

// Erasing what is over its time

export interface Rule {
  readonly topic: string | null;
  readonly archive: ArchiveChoice;
  readonly kept_days: number;
  readonly legal_basis: string;
}

export interface Run {
  readonly id: string;
  readonly kind: "asked" | "nightly" | "wish";
  readonly state: "previewed" | "running" | "done" | "old";
  readonly made_by: string;
  readonly made_at: string;
  readonly approved_by: string | null;
  readonly ended_at: string | null;
  readonly count: number;
  readonly erased: number;
  readonly left: number;
  readonly walled: number;
  readonly more: boolean;
}

export interface Group {
  readonly archive: ArchiveChoice | null;
  readonly topic: string | null;
  readonly why: string;
  readonly legal_basis: string;
  readonly kept_days: number | null;
  readonly count: number;
  readonly erased: number;
  readonly left: number;
}

export interface Step {
  readonly conversation: string;
  readonly topic: string | null;
  readonly department: string;
  readonly archive: ArchiveChoice | null;
  readonly why: string;
  readonly due_at: string | null;
  readonly result: "erased" | "left" | "gone" | null;
  readonly left_why: string | null;
}

export interface Retention {
  readonly erases: "asked" | "nightly";
  readonly rules: readonly Rule[];
  readonly runs: readonly Run[];
}

export interface RunPage {
  readonly run: Run;
  readonly groups: readonly Group[];
  readonly steps: readonly Step[];
  readonly more: boolean;
}

export const retention = () => answered<Retention>("GET", "/api/archive/retention");
export const preview = () => answered<Run>("POST", "/api/archive/retention/runs");
export const runOf = (id: string) =>
  answered<RunPage>("GET", `/api/archive/retention/runs/${id}?limit=200`);
export const approve = (id: string) =>
  answered<Run>("POST", `/api/archive/retention/runs/${id}/approval`);

// Holding back

export interface Hold {
  readonly id: string;
  readonly conversation: string;
  readonly reason: string;
  readonly set_by: string;
  readonly set_at: string;
}

export const holds = () => answered<{ readonly holds: readonly Hold[] }>("GET", "/api/archive/holds");
export const hold = (conversation: string, reason: string) =>
  answered<Hold>("POST", "/api/archive/holds", { conversation, reason });
export const lift = (conversation: string, reason: string) =>
  answered<Hold>("POST", `/api/archive/holds/${conversation}/lifting`, { reason });

// Wishes to be forgotten

export interface Wish {
  readonly conversation: string;
  readonly asked_at: string;
  readonly topic: string | null;
  readonly department: string;
  readonly archive: ArchiveChoice | null;
  readonly state: string;
}

export interface Wishes {
  readonly wishes: readonly Wish[];
  readonly erased?: readonly {
    readonly conversation: string;
    readonly asked_at: string;
    readonly erased_at: string;
  }[];
}

export const wishes = () => answered<Wishes>("GET", "/api/archive/forget");

// Access

export interface AccessRequest {
  readonly conversations: readonly string[];
  readonly receipts: readonly string[];
  readonly links: readonly string[];
  readonly own: readonly string[];
  readonly words: readonly string[];
  readonly notes: boolean;
  readonly files: "own" | "all" | "none";
  readonly language: "nb" | "nn" | "en";
  readonly reason: string;
}

export interface AccessPreview {
  readonly conversations: readonly {
    readonly conversation: string;
    readonly reference: string;
    readonly opened_at: string;
    readonly events: number;
    readonly masked: Readonly<Record<string, number>>;
    readonly files: readonly { readonly name: string; readonly included: boolean }[];
    readonly to_read: number;
  }[];
  readonly not_found: readonly string[];
}

export const previewAccess = (wanted: AccessRequest) =>
  answered<AccessPreview>("POST", "/api/archive/innsyn/preview", wanted);

const PACKING_WITHIN_MS = 120_000;

/** The package, or the code of what is wrong. */
export async function accessPackage(wanted: AccessRequest): Promise<Blob | Failed> {
  return fetched("/api/archive/innsyn", {
    method: "POST",
    body: JSON.stringify(wanted),
  });
}

export function archivePackage(conversation: string): Promise<Blob | Failed> {
  return fetched(`/api/archive/exports/${conversation}/package`, {});
}

async function fetched(path: string, request: RequestInit): Promise<Blob | Failed> {
  try {
    const answer = await fetch(path, {
      ...request,
      headers: { "Content-Type": "application/json", "X-Prek": "1" },
      signal: AbortSignal.timeout(PACKING_WITHIN_MS),
    });
    if (answer.ok) return await answer.blob();
    const { code } = (await answer.json().catch(() => ({}))) as { code?: unknown };
    return { code: typeof code === "string" ? code : "failed" };
  } catch {
    return { code: "failed" };
  }
}

// Masking

export const MASK_REASONS = ["third_party", "sensitive", "secret", "mistake"] as const;
export type MaskReason = (typeof MASK_REASONS)[number];

export interface Mask {
  readonly id: string;
  readonly stream: string;
  readonly seq: number;
  readonly reason: MaskReason;
  readonly text?: string;
}

export const mask = (conversation: string, wanted: Mask) =>
  answered<{ readonly masked: number }>("POST", `/api/conversations/${conversation}/masks`, wanted);
