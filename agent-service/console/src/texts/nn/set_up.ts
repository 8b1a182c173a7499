import type { set_up as keys } from "../nb/set_up";

export const set_up: Readonly<Record<keyof typeof keys, string>> = {};
