/** Keys and what they do. */
import { describe, expect, test } from "vitest";
import { neighbour, nextUnread } from "../src/commands";
import { ariaKeys, commandOf, SHORTCUTS } from "../src/keys";
import { after, event, frame, owned, pushed, seated } from "./sample";

const key = (more: object) => ({
  code: "",
  key: "",
  altKey: false,
  shiftKey: false,
  ctrlKey: false,
  metaKey: false,
  ...more,
});
const where = { typing: false, single: true };

describe("a command", () => {
  test.each(SHORTCUTS)("$command is Alt, Shift and $cap, also while writing", ({ code, command }) => {
    const pressed = key({ code, altKey: true, shiftKey: true });

    expect(commandOf(pressed, { typing: true, single: false })).toBe(command);
    expect(commandOf(key({ code }), where)).toBeNull();
    expect(commandOf({ ...pressed, ctrlKey: true }, where)).toBeNull();
  });

  test("of `?` alone shows the sheet, unless it is typed or turned off", () => {
    const pressed = key({ code: "Minus", key: "?", shiftKey: true });

    expect(commandOf(pressed, where)).toBe("sheet");
    expect(commandOf(pressed, { typing: true, single: true })).toBeNull();
    expect(commandOf(pressed, { typing: false, single: false })).toBeNull();
  });

  test("has one key, and no key has two", () => {
    expect(new Set(SHORTCUTS.map(({ code }) => code)).size).toBe(SHORTCUTS.length);
    expect(new Set(SHORTCUTS.map(({ command }) => command)).size).toBe(SHORTCUTS.length);
    expect(ariaKeys("accept")).toBe("Alt+Shift+A");
    expect(ariaKeys("next")).toBe("Alt+Shift+ArrowDown");
  });
});

const three = seated(
  ["a", "b", "c"].map((id, n) => owned(id, { opened_at: `2026-11-24T09:00:0${n}Z` })),
);
const on = (id: string) => after(three, { type: "select", conversation: id });

test("next and previous go round the own conversations", () => {
  expect(neighbour(on("a"), 1)).toBe("b");
  expect(neighbour(on("c"), 1)).toBe("a");
  expect(neighbour(on("a"), -1)).toBe("c");
  expect([neighbour(three, 1), neighbour(three, -1)]).toEqual(["a", "c"]);
  expect(neighbour(seated(), 1)).toBeNull();
});

test("the next unread is looked for onwards from the one on screen", () => {
  const news = (id: string) => frame(pushed(id, event(1)));

  expect(nextUnread(after(on("b"), news("a"), news("c")))).toBe("c");
  expect(nextUnread(after(on("c"), news("a")))).toBe("a");
  expect(nextUnread(on("a"))).toBeNull();
});
