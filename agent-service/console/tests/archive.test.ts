import { expect, test } from "vitest";
import { errorOf, idsIn, linesOf, namedIn } from "../src/archive/model";

const ID = "01890a5d-ac96-774b-bcce-b302099a8057";
const OTHER = "01890a5d-ac96-774b-bcce-b302099a8058";

test("ids are found wherever they were pasted, each once", () => {
  expect(idsIn(`Samtale ${ID.toUpperCase()}, og\n#conversation=${OTHER} ${ID}`)).toEqual([ID, OTHER]);
  expect(idsIn("8057 eller 01890a5d")).toEqual([]);
});

test("what is named is told apart: ids, receipts, links", () => {
  const link = `https://chat.example/svar?lang=nb#${ID}.x`;
  expect(namedIn(`${ID}\nsa-7k3m-q0zx, ${link}\nKari`)).toEqual({
    conversations: [ID],
    receipts: ["SA-7K3M-Q0ZX"],
    links: [link],
  });
});

test("an id within a link is the link's alone", () => {
  expect(namedIn(`https://x.example/${ID}`).conversations).toEqual([]);
});

test("lines that say nothing are none", () => {
  expect(linesOf(" Kari \n\n  \nOla")).toEqual(["Kari", "Ola"]);
});

test.each([
  ["refused: 422", { code: "refused", detail: "422" }],
  ["invalid: checksum_wrong: a", { code: "invalid", detail: "checksum_wrong: a" }],
  ["unreachable", { code: "unreachable", detail: "" }],
])("an error is a code and what stands behind it: %s", (error, read) => {
  expect(errorOf(error)).toEqual(read);
});
