/** A browser's storage, or what stands in for it. */

export interface Box {
  readonly length: number;
  key(index: number): string | null;
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/** A box that forgets: for browsers that deny storage to frames. */
export function memoryBox(): Box {
  const items = new Map<string, string>();
  return {
    get length() {
      return items.size;
    },
    key: (index) => [...items.keys()][index] ?? null,
    getItem: (key) => items.get(key) ?? null,
    setItem: (key, value) => void items.set(key, value),
    removeItem: (key) => void items.delete(key),
  };
}

/** The browser's box, or one that forgets. Reading the property itself may throw. */
export function openBox(read: () => Box): Box {
  try {
    const box = read();
    box.getItem("prek");
    return box;
  } catch {
    return memoryBox();
  }
}
