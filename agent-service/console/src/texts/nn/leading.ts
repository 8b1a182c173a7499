import type { leading as keys } from "../nb/leading";

export const leading: Readonly<Record<keyof typeof keys, string>> = {};
