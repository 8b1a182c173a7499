/** The search of the audit, and the words for what was done. */
import { expect, test } from "vitest";
import { ACTIONS, addressOf, NOTHING_ASKED } from "../src/audit/asking";
import { isKey } from "../src/texts";

const asked = (address: string) => Object.fromEntries(new URL(address, "http://x").searchParams);

test("only what is asked for is in the address", () => {
  expect(asked(addressOf(NOTHING_ASKED))).toEqual({ limit: "50" });
  const question = {
    who: " kari&action=x ",
    action: "read",
    conversation: "",
    from: "2026-11-01",
    to: "",
  };
  expect(asked(addressOf(question, "7"))).toEqual({
    limit: "50",
    who: "kari&action=x",
    action: "read",
    from: "2026-11-01",
    before: "7",
  });
});

test("every action has words", () => {
  for (const action of ACTIONS)
    expect([action, isKey(`audit_action_${action}`)]).toEqual([action, true]);
});
