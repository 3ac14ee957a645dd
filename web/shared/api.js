// Requests to the API. Every refusal becomes a Problem; no answer at all is the problem `offline`.

import { clock } from "./clock.js";
import { parseJson } from "./json.js";

/** @typedef {import("./types.d.ts").Problem} Problem */

/** The longest wait for an answer, in milliseconds. */
const TIMEOUT = 15_000;
/** The same after a file, which takes longer to arrive and to be read. */
const FILE_TIMEOUT = 60_000;

/** The bodies of answers that repeat an earlier one. @type {WeakSet<object>} */
const replays = new WeakSet();

/**
 * Whether the request had been carried out before, so that this answer repeats the first one.
 * @param {any} answer A body.
 */
export const isReplay = (answer) => typeof answer === "object" && answer !== null && replays.has(answer);

/** The type of each problem that this service has begins with it. */
const TYPE = "urn:evens:problem:";

/** A request that was refused or not answered. */
export class Refused extends Error {
  /** @param {Problem} problem */
  constructor(problem) {
    super(problem.code);
    this.problem = problem;
  }
}

/**
 * @typedef {object} Session
 * @property {(isStale?: boolean) => Promise<string | null>} token An access token; a new one where the last is stale.
 * @property {() => string | null} user The player whose tokens these are.
 */

/**
 * @param {{ session: Session, fetch?: typeof fetch }} parts
 */
export function createApi({ session, fetch: send = (...args) => fetch(...args) }) {
  /**
   * @param {string} method
   * @param {string} path
   * @param {{ body?: object, file?: Blob, idempotencyKey?: string, isPublic?: boolean, given?: string }} [options]
   *   `file`: sent as it is, instead of a body. `given`: an access token that is used as it is, and not renewed.
   * @returns {Promise<any>} The body. Throws Refused.
   */
  async function request(method, path, { body, file, idempotencyKey, isPublic = false, given } = {}) {
    for (let attempt = 1; ; attempt += 1) {
      const token = isPublic ? null : (given ?? (await session.token(attempt > 1)));
      if (!isPublic && token === null) throw new Refused(problemOf("session-ended", 401));
      const user = session.user();
      /** @type {Record<string, string>} */
      const headers = { accept: "application/json" };
      if (token) headers.authorization = `Bearer ${token}`;
      if (body) headers["content-type"] = "application/json";
      if (file) headers["content-type"] = "application/octet-stream";
      if (idempotencyKey) headers["idempotency-key"] = idempotencyKey;
      const answer = await call(
        send,
        path,
        { method, headers, body: file ?? (body && JSON.stringify(body)) },
        file ? FILE_TIMEOUT : TIMEOUT,
      );
      // The answer belongs to the player who asked, and another one may be logged in by now.
      if (!isPublic && session.user() !== user) throw new Refused(problemOf("session-ended", 401));
      // An access token that expired on the way is renewed once.
      if (!isPublic && !given && attempt === 1 && codeOf(answer.body) === "unauthorized") continue;
      if (answer.ok) {
        if (answer.isReplay && typeof answer.body === "object") replays.add(answer.body);
        return answer.body;
      }
      throw new Refused(problemFrom(answer));
    }
  }
  return {
    /** @param {string} path @param {{ isPublic?: boolean }} [options] */
    get: (path, options) => request("GET", path, options),
    /**
     * @param {string} path @param {object} [body]
     * @param {{ idempotencyKey?: string, isPublic?: boolean, given?: string }} [options]
     */
    post: (path, body, options) => request("POST", path, { ...options, body: body ?? {} }),
    /** @param {string} path @param {Blob} file */
    upload: (path, file) => request("POST", path, { file }),
    /** @param {string} path @param {object} body */
    patch: (path, body) => request("PATCH", path, { body }),
  };
}

/**
 * @param {typeof fetch} send
 * @param {string} path
 * @param {RequestInit} options
 * @param {number} [timeout] Milliseconds.
 */
export async function call(send, path, options, timeout = TIMEOUT) {
  const sentAt = Date.now();
  let response;
  let text;
  try {
    response = await send(path, {
      ...options,
      credentials: "same-origin",
      cache: "no-store",
      signal: AbortSignal.timeout(timeout),
    });
    text = await response.text();
  } catch {
    throw new Refused(problemOf("offline", 0));
  }
  let body;
  try {
    body = parseJson(text);
  } catch {
    body = null;
  }
  const { headers } = response;
  // An answer that was kept on the way says a time of before.
  if (!headers.has("age")) clock.hear(body?.serverTime ?? headers.get("date") ?? "", sentAt);
  return {
    ok: response.ok && body !== null,
    status: response.status,
    body,
    retryAfter: headers.get("retry-after"),
    isReplay: headers.get("idempotency-replayed") === "true",
  };
}

/**
 * The last part of a problem's type; null for a body that is no problem of this service.
 * @param {any} body @returns {string | null}
 */
const codeOf = (body) =>
  typeof body?.type === "string" && body.type.startsWith(TYPE) ? body.type.slice(TYPE.length) : null;

/** @param {{ status: number, body: any, retryAfter: string | null }} answer @returns {Problem} */
export function problemFrom({ status, body, retryAfter }) {
  const code = codeOf(body);
  // Firewalls and proxies refuse requests as well. Their words are not ours, and say nothing about the session.
  if (code === null) return problemOf("unreadable", status);
  return {
    ...problemOf(code, status),
    title: body.title ?? "",
    detail: body.detail ?? "",
    field: body.field,
    reference: body.requestId,
    retryAfterMs: retryAfter ? Number(retryAfter) * 1000 : undefined,
  };
}

/** A problem that this page noticed by itself. @param {string} code @param {number} status @returns {Problem} */
export const problemOf = (code, status) => ({ code, status, title: "", detail: "" });

/** Whether the request may have had its effect. @param {Problem} problem */
export function isUnanswered({ code, status }) {
  if (code === "unreadable") return true;
  return status === 0 || status === 408 || (status >= 500 && code !== "switched-off");
}

/**
 * The keys of loads that failed because the service was out of reach.
 * @param {Record<string, { status: string, problem?: Problem }>} loads
 */
export const unreached = (loads) =>
  Object.keys(loads).filter(
    (key) => loads[key].status === "failed" && ["offline", "unavailable"].includes(loads[key].problem?.code ?? ""),
  );

/** Refusals that come before the service looks for an earlier request of the same key, so they say nothing about it. */
const BEFORE_THE_KEY = [
  "unauthorized",
  "session-ended",
  "login-too-old",
  "wrong-credentials",
  "forbidden",
  "account-blocked",
  "too-many-requests",
  "switched-off",
  "not-found",
];

/** Whether the refusal of a repeat leaves open what became of the first request. @param {Problem} problem */
export const isBeforeKey = ({ code }) => BEFORE_THE_KEY.includes(code);

/** The query of the page that a cursor begins; the first page has none. @param {string | null} cursor */
export const pageQuery = (cursor) => (cursor === null ? "" : `?cursor=${encodeURIComponent(cursor)}`);
