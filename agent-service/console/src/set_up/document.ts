/** The set-up as one document: its properties, which page shows them, and how two are compared. */
import type { TenantDirectory } from "@prek/wire";

export type SetUp = TenantDirectory;

/** Never changed with the rest: whose it is, which version, and the emergency's own switch. */
const NOT_BY_HAND = ["tenant", "version", "emergency"] as const;
export type Property = Exclude<keyof SetUp, (typeof NOT_BY_HAND)[number]>;

/** What each page of the set-up shows. Every property stands on exactly one page. */
export const PARTS = {
  departments: ["departments", "first_line", "alerts"],
  topics: ["topics"],
  agents: ["agents"],
  hours: ["hours"],
  plans: ["plans"],
  replies: ["replies"],
  widget: ["name", "kommunenummer", "title", "languages", "origins", "look"],
  privacy: ["privacy"],
  archive: ["archive"],
  files: ["files"],
  timing: ["timing"],
  danger: ["danger_words"],
} as const satisfies Record<string, readonly Property[]>;
export type Part = keyof typeof PARTS;

export const PART_NAMES = Object.keys(PARTS) as Part[];
export const PROPERTIES: readonly Property[] = PART_NAMES.flatMap((part) => [...PARTS[part]]);

export function isPart(name: string): name is Part {
  return Object.hasOwn(PARTS, name);
}

export function partOf(property: Property): Part {
  return (
    PART_NAMES.find((part) => (PARTS[part] as readonly Property[]).includes(property)) ?? "widget"
  );
}

/** Languages a text of the set-up may be written in here; `nb` is the one that must be. */
export const WRITTEN = ["nb", "nn", "en"] as const;
/** Languages a citizen or an agent may speak. */
export const SPOKEN = ["nb", "nn", "en", "se", "smj", "sma"] as const;

/** Whether two values say the same. The order of an object's keys says nothing. */
export function same(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true;
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) {
    return false;
  }
  if (Array.isArray(one) || Array.isArray(other)) {
    if (!Array.isArray(one) || !Array.isArray(other) || one.length !== other.length) return false;
    return one.every((each, at) => same(each, other[at]));
  }
  const [a, b] = [one as Record<string, unknown>, other as Record<string, unknown>];
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every((key) => Object.hasOwn(b, key) && same(a[key], b[key]));
}

/** What an address or a name is called in an id: `Bygg, plan` is `bygg-plan`. */
const LETTERS: Readonly<Record<string, string>> = {
  æ: "ae",
  ø: "o",
  å: "a",
  ð: "d",
  đ: "d",
  ß: "ss",
};
const LONGEST = 64;

/** An id made of a name, that none of `taken` has. `joint` stands between its words. */
export function slug(name: string, taken: readonly string[], joint: "-" | "." = "-"): string {
  const plain = name
    .toLowerCase()
    .replace(/[æøåðđß]/g, (letter) => LETTERS[letter] ?? "")
    .normalize("NFKD")
    .replace(/\p{M}/gu, "");
  const words = plain.split(/[^a-z0-9]+/).filter((word) => word !== "");
  const stem = (words.join(joint) || "ny").slice(0, LONGEST - 5).replace(/[-.]+$/, "");
  if (!taken.includes(stem)) return stem;
  let n = 2;
  while (taken.includes(`${stem}-${n}`)) n += 1;
  return `${stem}-${n}`;
}

const ID = /^[a-z0-9][a-z0-9_.-]{0,63}$/;

export function isId(text: string): boolean {
  return ID.test(text);
}

/** The list with some fields of one entry replaced. */
export function amended<E extends { readonly id: string }>(
  list: readonly E[],
  id: string,
  values: Partial<E>,
): E[] {
  return list.map((one) => (one.id === id ? { ...one, ...values } : one));
}

/** The list without one entry. */
export function without<E extends { readonly id: string }>(list: readonly E[], id: string): E[] {
  return list.filter((one) => one.id !== id);
}

/** Entries by their ids, where a value is a list of such and no id comes twice; else null. */
export function byId(value: unknown): Map<string, unknown> | null {
  if (!Array.isArray(value)) return null;
  const found = new Map<string, unknown>();
  for (const each of value as unknown[]) {
    const id =
      typeof each === "object" && each !== null ? (each as { id?: unknown }).id : undefined;
    if (typeof id !== "string" || found.has(id)) return null;
    found.set(id, each);
  }
  return found;
}

/** The skill that answers a topic. */
export function skillOf(topic: string): string {
  return `topic:${topic}`;
}
