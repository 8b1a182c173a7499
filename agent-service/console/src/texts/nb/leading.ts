/** Bokmål: leading. */
export const leading = {} as const;
