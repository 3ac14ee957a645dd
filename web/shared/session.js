// The session of this browser. The refresh token is in a cookie that no script reads; the access token is in memory.
// Tabs refresh one at a time, under a lock, and tell each other the new token: an old refresh token ends the session.
//
// A browser has one cookie, so one account is logged in. A tab belongs to the account of its first token. It takes no
// token of another account, and stops once another account has logged in.

import { Refused, call, problemFrom, problemOf } from "./api.js";
import { fromBase64 } from "./hex.js";
import { parseJson } from "./json.js";
import { ofBrowser } from "./storage.js";

const LOCK = "evens-session";
/** Names the account that is logged in here. A browser without one asks for nothing. */
const MARK = "evens.session";
/** The mark of a page that named no account. */
const UNNAMED = "1";
/** A token is renewed that much before it expires, in milliseconds. */
const MARGIN = 30_000;
/** The service's own answers by which a session is over: without a cookie, the refresh is incomplete (`invalid`). */
const OVER = ["session-ended", "unauthorized", "invalid", "forbidden", "account-blocked"];

/**
 * Why a session is over in this tab. `asked`: by a logout. `ended`: by itself. `replaced`: another account has logged
 * in in this browser.
 * @typedef {"asked" | "ended" | "replaced"} End
 *
 * @typedef {{ accessToken: string, expiresIn: string, refreshToken?: string | null }} Tokens
 *
 * @typedef {object} Parts
 * @property {typeof fetch} [fetch]
 * @property {Pick<Storage, "getItem" | "setItem" | "removeItem">} [storage]
 * @property {Pick<LockManager, "request">} [locks]
 * @property {Pick<BroadcastChannel, "postMessage" | "onmessage">} [channel]
 * @property {boolean} [hasCookies] Without cookies, the refresh token is in memory, and each tab has a session of its
 *   own.
 * @property {() => number} [now] Milliseconds
 * @property {(end: End) => void} onEnd
 * @property {() => void} [onReturn] The session of this tab has ended, and its account has logged in again in another
 *   tab.
 */

/** The account of an access token. @param {string} token @returns {string} */
export function userOf(token) {
  const payload = token.split(".")[1].replace(/-/g, "+").replace(/_/g, "/");
  return parseJson(new TextDecoder().decode(fromBase64(payload))).sub;
}

/** @param {Parts} parts */
export function createSession({
  fetch: send = (...args) => fetch(...args),
  storage = ofBrowser,
  locks = navigator.locks,
  channel = openChannel(),
  hasCookies = navigator.cookieEnabled,
  now = Date.now,
  onEnd,
  onReturn = () => {},
}) {
  /** @type {{ text: string, expiresAt: number } | null} */
  let token = null;
  /** The account that this tab belongs to. @type {string | null} */
  let user = null;
  /** The account that the tab belonged to until its session ended. @type {string | null} */
  let former = null;
  /** Without cookies. @type {string | null} */
  let refreshToken = null;
  /** @type {Promise<string | null> | null} */
  let refreshing = null;
  /** Whether the tab opens the session of this browser: once, when its page is loaded. */
  let isResuming = false;
  /** Which session of this tab it is: an answer to an earlier one opens nothing. */
  let generation = 0;

  channel.onmessage = ({ data }) => {
    if (!hasCookies) return;
    const isBack = data.type === "token" && isFormer(userOf(data.text));
    // Otherwise a tab without a session waits for its own login.
    if (user === null && !isResuming && !isBack) return;
    if (data.type === "token") told(data);
    if (isBack) onReturn();
    if (data.type === "ended" && (data.user ?? user) === user) end(data.isAsked ? "asked" : "ended");
  };

  /** Whether this tab belonged to an account and has none now. @param {string | null} whose */
  const isFormer = (whose) => user === null && former !== null && whose === former;

  /** Another tab has this token. @param {{ text: string, expiresAt: number }} other */
  function told({ text, expiresAt }) {
    const whose = userOf(text);
    if (user !== null && whose !== user) return end("replaced");
    user = whose;
    if (expiresAt > (token?.expiresAt ?? 0)) token = { text, expiresAt };
  }

  /** Whether a login was made in this browser that may still hold. */
  const isMarked = () => hasCookies && storage.getItem(MARK) !== null;

  const isGood = () => token !== null && token.expiresAt - MARGIN > now();

  /** Whether another account has logged in in this browser, as the mark says. */
  function isReplaced() {
    const mark = storage.getItem(MARK);
    return hasCookies && user !== null && mark !== null && mark !== UNNAMED && mark !== user;
  }

  /** @param {End} why */
  function end(why) {
    if (!isReplaced() && why !== "replaced") storage.removeItem(MARK);
    former = why === "replaced" ? null : user;
    token = user = refreshToken = refreshing = null;
    isResuming = false;
    generation += 1;
    onEnd(why);
  }

  /** @param {"asked" | "ended"} why */
  function endEverywhere(why) {
    if (hasCookies) channel.postMessage({ type: "ended", user, isAsked: why === "asked" });
    end(why);
  }

  /** Tells the other tabs whose session this browser has. @param {Tokens} tokens */
  function announce(tokens) {
    const fresh = { text: tokens.accessToken, expiresAt: now() + Number(tokens.expiresIn) * 1000 };
    if (!hasCookies) return fresh;
    storage.setItem(MARK, userOf(fresh.text));
    channel.postMessage({ type: "token", ...fresh });
    return fresh;
  }

  /** @param {Tokens} tokens */
  function open(tokens) {
    user = userOf(tokens.accessToken);
    refreshToken = tokens.refreshToken ?? null;
    token = announce(tokens);
  }

  /** @param {string} path @param {object} body */
  const post = (path, body) =>
    call(send, path, {
      method: "POST",
      headers: { accept: "application/json", "content-type": "application/json" },
      body: JSON.stringify(body),
    });

  /**
   * One tab at a time. Browsers that block storage may block locks, too.
   * @template T @param {() => Promise<T>} work @returns {Promise<T>}
   */
  async function alone(work) {
    let isBegun = false;
    const begun = () => ((isBegun = true), work());
    try {
      return await locks.request(LOCK, begun);
    } catch (error) {
      if (isBegun) throw error;
      return begun();
    }
  }

  /** What a refresh and a logout name their session by. */
  const proof = () => (hasCookies ? { session: "cookie" } : { refreshToken });

  /** @param {string | null} stale The token that is good no more. */
  function refresh(stale) {
    const mine = generation;
    return alone(async () => {
      if (mine !== generation) return null;
      if (isReplaced()) return (end("replaced"), null);
      // Another tab was faster.
      if (isGood() && token?.text !== stale) return /** @type {any} */ (token).text;
      const answer = await post("/api/users/refresh", proof());
      if (answer.ok) return renewed(answer.body.data.tokens, mine);
      const problem = problemFrom(answer);
      if (!OVER.includes(problem.code)) throw new Refused(problem);
      if (mine === generation) endEverywhere("ended");
      if (problem.code === "account-blocked") throw new Refused(problem);
      return null;
    });
  }

  /** @param {Promise<string | null>} running */
  function started(running) {
    const isOver = () => {
      if (refreshing === running) refreshing = null;
    };
    running.then(isOver, isOver);
    return running;
  }

  /**
   * The cookie may be another account's, whose tabs then need this token.
   * @param {Tokens} tokens @param {number} mine
   */
  function renewed(tokens, mine) {
    const isOurs = mine === generation && (user === null || userOf(tokens.accessToken) === user);
    if (isOurs) return (open(tokens), tokens.accessToken);
    announce(tokens);
    if (mine === generation) end("replaced");
    return null;
  }

  /** @param {boolean} isStale @returns {Promise<string | null>} */
  async function current(isStale) {
    if (isReplaced()) return (end("replaced"), null);
    if (isGood() && !isStale) return /** @type {any} */ (token).text;
    if (user === null && !isResuming) return null;
    return (refreshing ??= started(refresh(token?.text ?? null)));
  }

  return {
    isMarked,
    /** Whether the account of this tab has logged in again in another tab since its session ended. */
    mayReturn: () => hasCookies && isFormer(storage.getItem(MARK)),
    /** The account that this tab belongs to; null without a session. */
    user: () => user,
    /** What a request that opens a session says about its refresh token. */
    wanted: () => (hasCookies ? { session: "cookie" } : {}),
    open,
    /**
     * Logs in while no tab refreshes: a late answer to a refresh would put back the cookie of the account before.
     * @template {{ data: { tokens: Tokens } }} A @param {() => Promise<A>} ask
     */
    logIn: (ask) =>
      alone(async () => {
        const answer = await ask();
        open(answer.data.tokens);
        return answer;
      }),
    /**
     * Makes a request whose answer replaces the session, such as a new password. Refreshes wait for it: one with the
     * cookie of before would end the session in all tabs.
     * @template {{ data: { tokens: Tokens } }} A
     * @param {(token: string) => Promise<A>} ask Makes the request once, with this access token.
     * @returns {Promise<A>}
     */
    async renew(ask) {
      for (let attempt = 1; ; attempt += 1) {
        const text = await current(attempt > 1);
        const mine = generation;
        if (text === null) throw new Refused(problemOf("session-ended", 401));
        try {
          return await alone(async () => {
            const answer = await ask(text);
            if (mine === generation) open(answer.data.tokens);
            return answer;
          });
        } catch (error) {
          // An access token that expired on the way is renewed once, after the lock is free again.
          const isStale = error instanceof Refused && error.problem.code === "unauthorized";
          if (!isStale || attempt > 1) throw error;
        }
      }
    },
    /** Opens the session that this browser has. @returns {Promise<string | null>} As `token`. */
    resume() {
      isResuming = isMarked();
      return current(false);
    },
    /**
     * An access token of this tab's account; null without a session. Throws Refused where the server does not answer.
     * @param {boolean} [isStale] The last one was refused.
     * @returns {Promise<string | null>}
     */
    token: (isStale = false) => current(isStale),
    /**
     * Ends the session everywhere in this browser. Throws Refused, and the session goes on, where the server did not
     * end it.
     */
    async logOut() {
      if (user === null) return;
      const answer = await alone(async () => (isReplaced() ? null : post("/api/users/logout", proof())));
      if (answer === null) return end("replaced");
      const problem = problemFrom(answer);
      // An ended session, or one without a cookie, needs no end.
      if (!answer.ok && !OVER.includes(problem.code)) throw new Refused(problem);
      endEverywhere("asked");
    },
  };
}

/** @returns {Pick<BroadcastChannel, "postMessage" | "onmessage">} */
function openChannel() {
  try {
    return new BroadcastChannel(LOCK);
  } catch {
    return { postMessage() {}, onmessage: null };
  }
}
