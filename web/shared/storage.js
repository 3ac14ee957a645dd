// The storage of this browser, which may be blocked or full. What it does not take is kept in memory until the page is
// closed, and `fault` says so.

/** @typedef {"blocked" | "full"} StorageFault */
/** @typedef {ReturnType<typeof createStorage>} SafeStorage */

/**
 * A storage that never throws.
 * @param {() => Storage | null | undefined} open Browsers throw here where storage is blocked.
 */
export function createStorage(open) {
  /** @type {Map<string, string>} */
  const memory = new Map();
  /** @type {StorageFault | null} */
  let fault = null;
  /** @type {Storage | null} */
  let real = null;
  /** @type {(fault: StorageFault) => void} */
  let onFault = () => {};

  /** @param {StorageFault} kind */
  function note(kind) {
    if (fault !== null) return;
    fault = kind;
    onFault(kind);
  }

  /** @template T @param {(storage: Storage) => T} use @param {T} otherwise @param {StorageFault} kind */
  function attempt(use, otherwise, kind) {
    if (real === null) return otherwise;
    try {
      return use(real);
    } catch {
      note(kind);
      return otherwise;
    }
  }

  try {
    real = open() ?? null;
    real?.getItem("");
  } catch {
    real = null;
  }
  if (real === null) fault = "blocked";

  /** The keys that are kept, in the browser and in memory. */
  function keys() {
    const kept = attempt(
      (storage) => Array.from({ length: storage.length }, (_, index) => storage.key(index) ?? ""),
      /** @type {string[]} */ ([]),
      "blocked",
    );
    return [...new Set([...kept, ...memory.keys()])];
  }

  return {
    /** @param {string} key @returns {string | null} */
    getItem: (key) => memory.get(key) ?? attempt((storage) => storage.getItem(key), null, "blocked"),
    /** @param {string} key @param {string} value */
    setItem(key, value) {
      memory.delete(key);
      const isKept = attempt((storage) => (storage.setItem(key, value), true), false, "full");
      if (!isKept) memory.set(key, value);
    },
    /** @param {string} key */
    removeItem(key) {
      memory.delete(key);
      attempt((storage) => storage.removeItem(key), undefined, "blocked");
    },
    keys,
    /** Why the browser keeps nothing more; null while it does. */
    fault: () => fault,
    /**
     * Calls once the browser takes no more; at once where it never did.
     * @param {(fault: StorageFault) => void} listener
     */
    watch(listener) {
      onFault = listener;
      if (fault !== null) listener(fault);
    },
  };
}

/** Shared by the tabs of this browser, and kept. */
export const ofBrowser = createStorage(() => localStorage);

/** Of this tab alone; it survives a reload. */
export const ofTab = createStorage(() => sessionStorage);
