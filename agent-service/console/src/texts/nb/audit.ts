/** Bokmål: audit. */
export const audit = {} as const;
