import { expect, test } from "vitest";
import { acceptOf, Attaching, check, maySend, type Put } from "../src/attaching";
import { codeOf } from "../src/transfer";
import { DIRECTORY } from "./sample";

const RULES = DIRECTORY.files;
const file = (name: string, type = "image/png", size = 10) =>
  new File([new Uint8Array(size)], name, { type });

/** A store that answers each file by its name: null, or the code of what is wrong. */
function store(answers: Readonly<Record<string, string | null>>) {
  const put: string[] = [];
  const send: Put = ({ name }, onPart) => {
    put.push(name);
    onPart(0.5);
    return Promise.resolve(answers[name] ?? null);
  };
  return { put, send };
}

test("files go one by one, in order, and are shown as they get there", async () => {
  const attaching = new Attaching();
  attaching.choose("a", [file("1.png"), file("2.png")], RULES);
  const ids = attaching.of("a").map(({ id }) => id);
  const shown: string[] = [];
  const { put, send } = store({});

  expect(await attaching.send("a", send, (id) => shown.push(id))).toBe(true);
  expect(put).toEqual(["1.png", "2.png"]);
  expect(shown).toEqual(ids);
  expect(attaching.of("a")).toEqual([]);
});

test("what does not go stays with its reason, and what is behind it goes on", async () => {
  const attaching = new Attaching();
  attaching.choose("a", [file("sick.png"), file("slow.png"), file("well.png")], RULES);
  const answers = { "sick.png": "file_infected", "slow.png": "busy" };
  const { put, send } = store(answers);

  expect(await attaching.send("a", send, () => undefined)).toBe(false);
  expect(attaching.of("a").map(({ name, wrong, part }) => [name, wrong, part])).toEqual([
    ["sick.png", "file_infected", null],
    ["slow.png", "busy", null],
  ]);
  // The next press tries again what may succeed, and nothing else.
  await attaching.send("a", send, () => undefined);
  expect(put).toEqual(["sick.png", "slow.png", "well.png", "slow.png"]);
});

test("a file that is taken away on its way is stopped and not shown", async () => {
  const attaching = new Attaching();
  attaching.choose("a", [file("1.png"), file("2.png")], RULES);
  const [first] = attaching.of("a");
  const shown: string[] = [];
  const send: Put = ({ id }, _onPart, stop) => {
    if (id !== first?.id) return Promise.resolve(null);
    attaching.remove("a", id);
    return Promise.resolve(stop.aborted ? "unreachable" : null);
  };
  await attaching.send("a", send, (id) => shown.push(id));

  expect(shown).toHaveLength(1);
  expect(shown).not.toContain(first?.id);
  expect(attaching.of("a")).toEqual([]);
});

test("pressed twice, each file goes once", async () => {
  const attaching = new Attaching();
  attaching.choose("a", [file("1.png")], RULES);
  const { put, send } = store({});
  const first = attaching.send("a", send, () => undefined);

  expect(attaching.isSending("a")).toBe(true);
  expect(await attaching.send("a", send, () => undefined)).toBe(false);
  expect(await first).toBe(true);
  expect(put).toEqual(["1.png"]);
});

test("the files of one conversation are not those of another", () => {
  const attaching = new Attaching();
  attaching.choose("a", [file("1.png")], RULES);

  expect(attaching.of("b")).toEqual([]);
});

test.each([
  ["a.png", "image/png", 10, null],
  ["A.PDF", "", 10, null],
  ["a.png", "image/png", 0, "file_empty"],
  ["a.png", "image/png", RULES.max_bytes + 1, "file_too_large"],
  ["a.exe", "application/x-msdownload", 10, "file_type_not_allowed"],
  ["png", "", 10, "file_type_not_allowed"],
])("%s (%s, %i bytes) is refused before it goes, or not: %s", (name, type, size, code) => {
  if (name === "png") return expect(check({ name: "png.", type, size }, RULES)).toBe(code);
  expect(check({ name, type, size }, RULES)).toBe(code);
});

test("where files are off, none is taken", () => {
  expect(check(file("a.png"), { ...RULES, allowed: false })).toBe("files_off");
});

test("what is refused for good is not sent again", () => {
  const chosen = { id: "1", bytes: new Blob(), name: "a", part: null };
  expect(maySend({ ...chosen, wrong: "file_infected" })).toBe(false);
  expect(maySend({ ...chosen, wrong: "unreachable" })).toBe(true);
  expect(maySend({ ...chosen, wrong: null })).toBe(true);
});

test("the browser is told what may be chosen", () => {
  expect(acceptOf(RULES)).toBe("image/png,application/pdf,.png,.pdf");
});

test.each([
  ['{"code":"files_off"}', 403, "files_off"],
  ["<html>", 413, "file_too_large"],
  ["", 0, "unreachable"],
  ["null", 502, "unreachable"],
])("an answer of %s (%i) is %s", (text, status, code) => {
  expect(codeOf(text, status)).toBe(code);
});
