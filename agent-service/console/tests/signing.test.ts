/** What the address says of a sign-in. */
import { expect, test } from "vitest";
import { outcomeOf, tenantOf } from "../src/signing";

test("an outcome is told in words, and an unknown one in the general ones", () => {
  expect(outcomeOf("?sign_in=unknown_person")).toBe("sign_in_unknown_person");
  expect(outcomeOf("?sign_in=expired&kommune=sarpsborg")).toBe("sign_in_expired");
  expect(outcomeOf("?sign_in=toString")).toBe("sign_in_not_believed");
  expect(outcomeOf("?kommune=sarpsborg")).toBeNull();
});

test("a municipality is named by its id, and by nothing else", () => {
  expect(tenantOf("?kommune=sarpsborg")).toBe("sarpsborg");
  expect(tenantOf("?kommune=../ticket")).toBeNull();
  expect(tenantOf("")).toBeNull();
});
