// The session of this browser. The refresh token is in a cookie that no script reads; the access token is in memory.
// Tabs refresh one at a time, under a lock, and tell each other the new token: an old refresh token ends the session.

import { Refused, call, problemFrom } from "./api.js";

const LOCK = "evens-session";
/** Says that a login was made here, so that a browser without one asks for nothing. */
const MARK = "evens.session";
/** A token is renewed that much before it expires, in milliseconds. */
const MARGIN = 30_000;

/**
 * @typedef {object} Parts
 * @property {typeof fetch} [fetch]
 * @property {Pick<Storage, "getItem" | "setItem" | "removeItem">} [storage]
 * @property {Pick<LockManager, "request">} [locks]
 * @property {Pick<BroadcastChannel, "postMessage" | "onmessage">} [channel]
 * @property {() => number} [now] Milliseconds
 * @property {(isAsked: boolean) => void} onEnd The session has ended, here or in another tab: by a logout, or by itself.
 */

/** @param {Parts} parts */
export function createSession({
  fetch: send = (...args) => fetch(...args),
  storage = localStorage,
  locks = navigator.locks,
  channel = new BroadcastChannel(LOCK),
  now = Date.now,
  onEnd,
}) {
  /** @type {{ text: string, expiresAt: number } | null} */
  let token = null;
  /** @type {Promise<string | null> | null} */
  let refreshing = null;

  channel.onmessage = ({ data }) => {
    if (data.type === "token" && data.expiresAt > (token?.expiresAt ?? 0)) token = { text: data.text, expiresAt: data.expiresAt };
    if (data.type === "ended") end(data.isAsked);
  };

  const isGood = () => token !== null && token.expiresAt - MARGIN > now();

  /** @param {boolean} isAsked */
  function end(isAsked) {
    token = null;
    storage.removeItem(MARK);
    onEnd(isAsked);
  }

  /** @param {boolean} isAsked */
  function endEverywhere(isAsked) {
    end(isAsked);
    channel.postMessage({ type: "ended", isAsked });
  }

  /** @param {{ accessToken: string, expiresIn: string }} tokens */
  function open(tokens) {
    token = { text: tokens.accessToken, expiresAt: now() + Number(tokens.expiresIn) * 1000 };
    storage.setItem(MARK, "1");
    channel.postMessage({ type: "token", ...token });
  }

  /** @param {string} path @param {object} body */
  const post = (path, body) =>
    call(send, path, { method: "POST", headers: { accept: "application/json", "content-type": "application/json" }, body: JSON.stringify(body) });

  /** @param {string | null} stale The token that is good no more. */
  async function refresh(stale) {
    return locks.request(LOCK, async () => {
      // Another tab was faster.
      if (isGood() && token?.text !== stale) return /** @type {any} */ (token).text;
      const answer = await post("/api/users/refresh", { session: "cookie" });
      if (answer.ok) {
        open(answer.body.data.tokens);
        return /** @type {any} */ (token).text;
      }
      const problem = problemFrom(answer);
      // Without a cookie the request is incomplete (422); with an old one the session has ended (401).
      if (![401, 403, 422].includes(answer.status)) throw new Refused(problem);
      endEverywhere(false);
      if (problem.code === "account-blocked") throw new Refused(problem);
      return null;
    });
  }

  return {
    /** Whether a login was made in this browser that may still hold. */
    isMarked: () => storage.getItem(MARK) !== null,
    open,
    /**
     * An access token; null without a session. Throws Refused where the server does not answer.
     * @param {boolean} [isStale] The last one was refused.
     * @returns {Promise<string | null>}
     */
    async token(isStale = false) {
      if (isGood() && !isStale) return /** @type {any} */ (token).text;
      if (storage.getItem(MARK) === null) return null;
      refreshing ??= refresh(token?.text ?? null).finally(() => (refreshing = null));
      return refreshing;
    },
    /** Ends the session everywhere in this browser. Throws Refused, and the session goes on, where the server did not end it. */
    async logOut() {
      const answer = await locks.request(LOCK, () => post("/api/users/logout", { session: "cookie" }));
      // With an ended session (401), or without a cookie (422), there is nothing to end.
      if (!answer.ok && ![401, 422].includes(answer.status)) throw new Refused(problemFrom(answer));
      endEverywhere(true);
    },
  };
}
