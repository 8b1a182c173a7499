/**
 * Northern Sami. Nothing stands here that a speaker has not verified: what is missing is shown in
 * bokmål, and it is said that it is.
 */
import type { Texts } from "./catalogue";

export const se: Partial<Texts> = {};
