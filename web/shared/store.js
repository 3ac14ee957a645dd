// One store for the page: events go in, the folded state comes out.

/**
 * @template S, E
 * @param {(state: S, event: E) => S} reduce
 * @param {S} initial
 */
export function createStore(reduce, initial) {
  let state = initial;
  /** @type {Set<(state: S, before: S, event: E) => void>} */
  const listeners = new Set();
  return {
    get: () => state,
    /** @param {E} event */
    dispatch(event) {
      const before = state;
      state = reduce(state, event);
      if (state !== before) for (const listener of listeners) listener(state, before, event);
    },
    /** Calls after each change. @param {(state: S, before: S, event: E) => void} listener */
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
