/** Bokmål: set up. */
export const set_up = {} as const;
