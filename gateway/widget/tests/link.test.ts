import { expect, it } from "vitest";
import { readLink } from "../src/answer/link";

const encode = (claims: unknown) => btoa(JSON.stringify(claims)).replace(/=+$/, "");
const conversation = "0190f3a0-0000-7000-8000-000000000001";
const token = (claims: unknown) => `e30.${encode(claims)}.c2ln`;

it("finds the conversation that a token is for", () => {
  const held = token({ conversation, tenant: "sarpsborg" });
  expect(readLink(`#${held}`)).toEqual({ conversation, token: held, tenant: "sarpsborg" });
  const bare = token({ conversation });
  expect(readLink(`#${bare}`)).toEqual({ conversation, token: bare, tenant: null });
});

it.each([
  "",
  "#",
  "#no-token",
  "#a.b.c",
  `#${token({})}`,
  `#${token({ conversation: "../../healthz" })}`,
  `#${token({ conversation: 7 })}`,
  `#e30.${btoa("null")}.c2ln`,
])("takes %j for no link", (fragment) => {
  expect(readLink(fragment)).toBeNull();
});
