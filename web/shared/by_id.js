// Things by ids that people choose, such as those of rounds. An id may be a name that every plain object has, such as
// `constructor`: there it would find what it does not name.

/** @template T @returns {Record<string, T>} */
export const none = () => Object.create(null);

/**
 * The things with further ones, which replace those of the same id.
 * @template T @param {Record<string, T>} known @param {Record<string, T>} more @returns {Record<string, T>}
 */
export const joined = (known, more) => Object.assign(Object.create(null), known, more);

/** @template T @param {Record<string, T>} known @param {string} id @param {T} thing */
export const put = (known, id, thing) => joined(known, { [id]: thing });
