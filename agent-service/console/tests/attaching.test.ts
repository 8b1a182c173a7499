import { expect, test } from "vitest";
import { acceptOf, checkFile } from "@prek/wire";
import { Attaching, maySend, type Put, type Way } from "../src/attaching";
import { codeOf } from "../src/transfer";
import { DIRECTORY } from "./sample";

const RULES = DIRECTORY.files;
const file = (name: string, type = "image/png", size = 10) =>
  new File([new Uint8Array(size)], name, { type });

/** A store that answers each file by its name: the codes of what is wrong, and then that it has it. */
function store(answers: Readonly<Record<string, readonly string[]>>, put?: Put) {
  const asked: string[] = [];
  const shown: string[] = [];
  const pauses: number[] = [];
  const way: Way = {
    put:
      put ??
      (({ name }, onPart) => {
        const tries = asked.filter((one) => one === name).length;
        asked.push(name);
        onPart(0.5);
        return Promise.resolve(answers[name]?.[tries] ?? null);
      }),
    show: (file) => shown.push(file),
    pause: (tries) => {
      pauses.push(tries);
      return Promise.resolve();
    },
  };
  return { asked, shown, pauses, way };
}

test("files go one by one, in order, and are shown as they get there", async () => {
  const attaching = new Attaching();
  attaching.choose("a", [file("1.png"), file("2.png")], RULES);
  const ids = attaching.of("a").map(({ id }) => id);
  const { asked, shown, way } = store({});

  expect(await attaching.send("a", way)).toBe(true);
  expect(asked).toEqual(["1.png", "2.png"]);
  expect(shown).toEqual(ids);
  expect([attaching.of("a"), attaching.isEmpty]).toEqual([[], true]);
  // The dialogue names what is not in the archive yet.
  expect(ids.map((id) => attaching.nameOf(id))).toEqual(["1.png", "2.png"]);
});

test("what is refused stays with its reason, and what is behind it goes on", async () => {
  const attaching = new Attaching();
  attaching.choose("a", [file("sick.png"), file("well.png")], RULES);
  const { asked, pauses, way } = store({ "sick.png": ["file_infected"] });

  expect(await attaching.send("a", way)).toBe(false);
  expect(attaching.of("a").map(({ name, wrong, part }) => [name, wrong, part])).toEqual([
    ["sick.png", "file_infected", null],
  ]);
  await attaching.send("a", way);
  expect([asked, pauses]).toEqual([["sick.png", "well.png"], []]);
});

test("what did not get through waits, and goes again under its id", async () => {
  const attaching = new Attaching();
  attaching.choose("a", [file("1.png"), file("2.png")], RULES);
  const ids = attaching.of("a").map(({ id }) => id);
  const { asked, shown, pauses, way } = store({ "1.png": ["unreachable", "token_invalid", "busy"] });
  const waited: boolean[] = [];
  const pause: Way["pause"] = (tries, stop) => {
    waited.push(attaching.of("a")[0]?.waits === true && attaching.isSending("a"));
    return way.pause(tries, stop);
  };

  expect(await attaching.send("a", { ...way, pause })).toBe(true);
  expect(asked).toEqual(["1.png", "1.png", "1.png", "1.png", "2.png"]);
  expect([shown, pauses, waited]).toEqual([ids, [0, 1, 2], [true, true, true]]);
});

test("a store that is away for long leaves it to the agent to try again", async () => {
  const attaching = new Attaching();
  attaching.choose("a", [file("1.png")], RULES);
  const { asked, way } = store({ "1.png": Array<string>(8).fill("unreachable") });

  expect(await attaching.send("a", way)).toBe(false);
  expect(attaching.of("a")).toMatchObject([{ wrong: "unreachable", waits: false, part: null }]);
  expect(asked).toHaveLength(8);
  expect(await attaching.send("a", way)).toBe(true);
});

test("a file that is taken away on its way is stopped and not shown", async () => {
  const attaching = new Attaching();
  attaching.choose("a", [file("1.png"), file("2.png")], RULES);
  const [first, second] = attaching.of("a").map(({ id }) => id);
  const stopped: boolean[] = [];
  const { shown, way } = store({}, ({ id }, _onPart, stop) => {
    if (id === first) attaching.remove("a", id);
    stopped.push(stop.aborted);
    return Promise.resolve(null);
  });

  // What was to be said of it is not sent without it.
  expect(await attaching.send("a", way)).toBe(false);
  expect([stopped, shown]).toEqual([[true, false], [second]]);
  expect(attaching.of("a")).toEqual([]);
});

test("a file that is taken away while it waits goes no more", async () => {
  const attaching = new Attaching();
  attaching.choose("a", [file("1.png")], RULES);
  const { asked, way } = store({ "1.png": ["unreachable"] });
  const pause: Way["pause"] = () => {
    for (const { id } of attaching.of("a")) attaching.remove("a", id);
    return Promise.resolve();
  };

  expect(await attaching.send("a", { ...way, pause })).toBe(false);
  expect(asked).toEqual(["1.png"]);
});

test("pressed twice, each file goes once", async () => {
  const attaching = new Attaching();
  attaching.choose("a", [file("1.png")], RULES);
  const { asked, way } = store({});
  const first = attaching.send("a", way);

  expect(attaching.isSending("a")).toBe(true);
  expect(await attaching.send("a", way)).toBe(false);
  expect(await first).toBe(true);
  expect([asked, attaching.isSending("a")]).toEqual([["1.png"], false]);
});

test("what is another's now is forgotten, and stopped", async () => {
  const attaching = new Attaching();
  attaching.choose("a", [file("1.png")], RULES);
  attaching.choose("b", [file("2.png")], RULES);
  const { shown, way } = store({}, (_file, _onPart, stop) => {
    attaching.keepOnly((conversation) => conversation === "b");
    return Promise.resolve(stop.aborted ? "unreachable" : null);
  });

  expect(await attaching.send("a", way)).toBe(false);
  expect([shown, attaching.of("a")]).toEqual([[], []]);
  expect(attaching.of("b").map(({ name }) => name)).toEqual(["2.png"]);
});

test("who looks is told of every change", async () => {
  const attaching = new Attaching();
  const seen: (number | null | undefined)[] = [];
  const stop = attaching.subscribe(() => seen.push(attaching.of("a")[0]?.part));
  attaching.choose("a", [file("1.png")], RULES);
  await attaching.send("a", store({}).way);
  stop();
  attaching.choose("a", [file("2.png")], RULES);

  expect(seen).toEqual([null, 0, 0.5, undefined, undefined]);
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
  ["png.", "", 10, "file_type_not_allowed"],
])("%s (%s, %i bytes) is refused before it goes, or not: %s", (name, type, size, code) => {
  expect(checkFile(RULES, { name, type, size })).toBe(code);
});

test("where files are off, none is taken", () => {
  expect(checkFile({ ...RULES, allowed: false }, file("a.png"))).toBe("files_off");
});

test("what is refused for good is not sent again", () => {
  const chosen = { id: "1", bytes: new Blob(), name: "a", part: null, waits: false };
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
