import { expect, test } from "vitest";
import { isEmail, plainPhone, receiptNumber, receiptSecret } from "../src/frame/contact";

test.each(["ola@eksempel.no", "o.n+chat@post.eksempel.no", "blåbær@eksempel.no"])(
  "%s can be mailed to",
  (text) => expect(isEmail(text)).toBe(true),
);

test.each([
  "",
  "ola",
  "ola@eksempel",
  "ola@@eksempel.no",
  "ola nordmann@eksempel.no",
  "ola@eksempel.no,kari@eksempel.no",
  "ola@eksempel.no.",
  `${"o".repeat(250)}@eksempel.no`,
])("%j cannot be mailed to", (text) => expect(isEmail(text)).toBe(false));

test.each([
  ["69 10 80 00", "69108000"],
  ["(+47) 69-10-80-00", "+4769108000"],
  ["0046 70 123 45 67", "0046701234567"],
])("%s is a telephone number", (text, plain) => expect(plainPhone(text)).toBe(plain));

test.each(["", "6910800", "691080000", "02013299997", "69 10 80 0x", "++4769108000", "+47"])(
  "%j is no telephone number",
  (text) => expect(plainPhone(text)).toBeNull(),
);

test("a receipt is read however it was written down", () => {
  const right = "SO-10CD-34EF";
  for (const text of [right, "so10cd34ef", " SO 1OCD 34EF ", "so-ioCd-34ef", "so–l0cd–34ef"]) {
    expect([text, receiptNumber(text)]).toEqual([text, right]);
  }
  for (const text of ["", "SO-10CD-34E", "SO-10CD-34EFG", "SO-10CU-34EF"]) {
    expect([text, receiptNumber(text)]).toEqual([text, null]);
  }
});

test("so is its code", () => {
  expect(receiptSecret("0123 4567 89ab cdef")).toBe("0123-4567-89AB-CDEF");
  expect(receiptSecret("O123-4567-89AB-CDEF")).toBe("0123-4567-89AB-CDEF");
  expect(receiptSecret("0123-4567-89AB-CDE")).toBeNull();
  expect(receiptSecret("0123-4567-89AB-CDEU")).toBeNull();
});
