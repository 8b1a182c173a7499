/**
 * The bytes of files that are on their way, so that a reload does not lose them. They are deleted
 * as soon as the store has them. A browser that denies the database gets uploads without it.
 */

const TABLE = "files";

export interface FileBox {
  put(id: string, bytes: Blob): Promise<void>;
  get(id: string): Promise<Blob | null>;
  /** Delete all but these. */
  keepOnly(ids: readonly string[]): Promise<void>;
  delete(id: string): Promise<void>;
}

export function openFileBox(name: string, factory: () => IDBFactory = () => indexedDB): FileBox {
  let opened: Promise<IDBDatabase> | null = null;
  const open = () =>
    (opened ??= new Promise<IDBDatabase>((resolve, reject) => {
      const asked = factory().open(name, 1);
      asked.onupgradeneeded = () => asked.result.createObjectStore(TABLE);
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => reject(asked.error);
    }));
  /** Ask one thing; null when the browser does not let us. */
  const ask = async <T>(
    mode: IDBTransactionMode,
    question: (table: IDBObjectStore) => IDBRequest<T>,
  ): Promise<T | null> => {
    try {
      const table = (await open()).transaction(TABLE, mode).objectStore(TABLE);
      const asked = question(table);
      return await new Promise<T>((resolve, reject) => {
        asked.onsuccess = () => resolve(asked.result);
        asked.onerror = () => reject(asked.error);
      });
    } catch {
      return null;
    }
  };
  const remove = async (id: string) => {
    await ask("readwrite", (table) => table.delete(id));
  };
  return {
    put: async (id, bytes) => {
      await ask("readwrite", (table) => table.put(bytes, id));
    },
    get: async (id) => {
      const found = await ask<unknown>("readonly", (table) => table.get(id));
      return found instanceof Blob ? found : null;
    },
    delete: remove,
    keepOnly: async (ids) => {
      const all = (await ask("readonly", (table) => table.getAllKeys())) ?? [];
      const others = all.map(String).filter((id) => !ids.includes(id));
      await Promise.all(others.map(remove));
    },
  };
}
