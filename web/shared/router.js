// Views by the hash of the address: `#/round/cup-final?side=B`. Any host of static files can serve that.

/** @typedef {import("./types.d.ts").Route} Route */

/**
 * @param {string} hash With or without its `#`.
 * @param {string} first The view of an empty hash.
 * @returns {Route}
 */
export function parseHash(hash, first) {
  const [path, query = ""] = hash.replace(/^#?\/?/, "").split("?", 2);
  const [name, ...rest] = path.split("/").map(decode);
  return { name: name || first, id: rest.join("/") || null, query: Object.fromEntries(new URLSearchParams(query)) };
}

/** A part that cannot be decoded stays as it is. @param {string} part */
function decode(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** @param {string} name @param {string | null} [id] @param {Record<string, string>} [query] */
export function hashOf(name, id, query = {}) {
  const search = new URLSearchParams(query).toString();
  return `#/${name}${id ? `/${encodeURIComponent(id)}` : ""}${search && `?${search}`}`;
}

/** Whether an address from outside may be opened: a link with another scheme could run a script. @param {string} url */
export const isWebAddress = (url) => /^https?:\/\//.test(url);
