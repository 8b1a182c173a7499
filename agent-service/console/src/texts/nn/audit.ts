import type { audit as keys } from "../nb/audit";

export const audit: Readonly<Record<keyof typeof keys, string>> = {};
