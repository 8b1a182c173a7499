/**
 * Ids of actions: UUIDv7 (RFC 9562), so that they sort by the time they were made. Those of one
 * millisecond count up in the twelve bits after the version (method 1 of its section 6.2).
 */

const COUNTER_MAX = 0xfff;

let lastMs = 0;
let counter = 0;

export function newId(): string {
  const chance = crypto.getRandomValues(new Uint8Array(10));
  const now = Date.now();
  if (now > lastMs) {
    lastMs = now;
    // Half the counter is left, so that there is room to count up.
    counter = (((chance[8] ?? 0) << 8) | (chance[9] ?? 0)) & (COUNTER_MAX >> 1);
  } else if (counter < COUNTER_MAX) {
    counter += 1;
  } else {
    // The clock went back, or the millisecond is full: order goes before the exact time.
    lastMs += 1;
    counter = 0;
  }
  const hex = (value: number, digits: number) => value.toString(16).padStart(digits, "0");
  const time = hex(lastMs, 12);
  const variant = hex(0x80 | ((chance[0] ?? 0) & 0x3f), 2);
  const rest = Array.from(chance.subarray(1, 8), (byte) => hex(byte, 2)).join("");
  const tail = variant + rest;
  return [
    time.slice(0, 8),
    time.slice(8),
    hex(0x7000 | counter, 4),
    tail.slice(0, 4),
    tail.slice(4),
  ].join("-");
}
