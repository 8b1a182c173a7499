import { expect, test, vi } from "vitest";
import { openReceipt } from "../src/frame/receipts";

const ASKED = { tenant: "sarpsborg", receipt: "SA-12CD-34EF", secret: "0123-4567-89AB-CDEF" };
vi.stubGlobal("document", { baseURI: "https://chat.example/widget/frame.html" });

/** A gateway that gives one answer, and keeps what it was asked. */
function gateway(status: number, body: unknown) {
  const asked: { url: string; init: RequestInit | undefined }[] = [];
  const fetcher: typeof fetch = async (url, init) => {
    asked.push({ url: String(url), init });
    return new Response(JSON.stringify(body), { status });
  };
  return { asked, fetcher };
}

test("the pair is exchanged for a token, and is in no address", async () => {
  const { asked, fetcher } = gateway(200, { conversation: "c1", token: "t1" });
  expect(await openReceipt(ASKED, fetcher)).toEqual({ conversation: "c1", token: "t1" });
  expect(asked.map(({ url }) => url)).toEqual(["https://chat.example/api/receipt"]);
  expect(JSON.parse(String(asked[0]?.init?.body))).toEqual(ASKED);
});

test.each([
  [404, "reentry_unknown"],
  [403, "reentry_unknown"],
  [422, "reentry_unknown"],
  [429, "reentry_often"],
  [503, "reentry_unreachable"],
])("an answer of %i says why not", async (status, why) => {
  expect(await openReceipt(ASKED, gateway(status, { code: "not_found" }).fetcher)).toBe(why);
});

test("no answer, or one that makes no sense, says nothing of the pair", async () => {
  const away: typeof fetch = () => Promise.reject(new TypeError("network"));
  expect(await openReceipt(ASKED, away)).toBe("reentry_unreachable");
  for (const body of [null, {}, { conversation: 1, token: "t" }]) {
    expect(await openReceipt(ASKED, gateway(200, body).fetcher)).toBe("reentry_unreachable");
  }
});
