// Requests to the API. Every refusal becomes a Problem; no answer at all is the problem `offline`.

import { parseJson } from "./json.js";

/** @typedef {import("./types.d.ts").Problem} Problem */

/** The longest wait for an answer, in milliseconds. */
const TIMEOUT = 15_000;

/** The bodies of answers that repeat an earlier one. @type {WeakSet<object>} */
const replays = new WeakSet();

/** Whether the request had been carried out before, so that this answer repeats the first one. @param {any} answer A body. */
export const isReplay = (answer) => typeof answer === "object" && answer !== null && replays.has(answer);

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
 */

/**
 * @param {{ session: Session, fetch?: typeof fetch }} parts
 */
export function createApi({ session, fetch: send = (...args) => fetch(...args) }) {
  /**
   * @param {string} method
   * @param {string} path
   * @param {{ body?: object, idempotencyKey?: string, isPublic?: boolean }} [options]
   * @returns {Promise<any>} The body. Throws Refused.
   */
  async function request(method, path, { body, idempotencyKey, isPublic = false } = {}) {
    for (let attempt = 1; ; attempt += 1) {
      const token = isPublic ? null : await session.token(attempt > 1);
      if (!isPublic && token === null) throw new Refused(problemOf("session-ended", 401));
      /** @type {Record<string, string>} */
      const headers = { accept: "application/json" };
      if (token) headers.authorization = `Bearer ${token}`;
      if (body) headers["content-type"] = "application/json";
      if (idempotencyKey) headers["idempotency-key"] = idempotencyKey;
      const answer = await call(send, path, { method, headers, body: body && JSON.stringify(body) });
      // An access token that expired on the way is renewed once.
      if (answer.status === 401 && !isPublic && attempt === 1 && answer.body?.code === "unauthorized") continue;
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
    /** @param {string} path @param {object} [body] @param {{ idempotencyKey?: string, isPublic?: boolean }} [options] */
    post: (path, body, options) => request("POST", path, { ...options, body: body ?? {} }),
    /** @param {string} path @param {object} body */
    patch: (path, body) => request("PATCH", path, { body }),
  };
}

/**
 * @param {typeof fetch} send
 * @param {string} path
 * @param {RequestInit} options
 */
export async function call(send, path, options) {
  let response;
  let text;
  try {
    response = await send(path, { ...options, credentials: "same-origin", cache: "no-store", signal: AbortSignal.timeout(TIMEOUT) });
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
  return {
    ok: response.ok && body !== null,
    status: response.status,
    body,
    retryAfter: headers.get("retry-after"),
    isReplay: headers.get("idempotency-replayed") === "true",
  };
}

/** @param {{ status: number, body: any, retryAfter: string | null }} answer @returns {Problem} */
export function problemFrom({ status, body, retryAfter }) {
  const code = typeof body?.type === "string" ? body.type.replace(/^urn:evens:problem:/, "") : "unreadable";
  return {
    ...problemOf(code, status),
    title: body?.title ?? "",
    detail: body?.detail ?? "",
    field: body?.field,
    reference: body?.requestId,
    retryAfterMs: retryAfter ? Number(retryAfter) * 1000 : undefined,
  };
}

/** A problem that this page noticed by itself. @param {string} code @param {number} status @returns {Problem} */
export const problemOf = (code, status) => ({ code, status, title: "", detail: "" });

/** The query of the page that a cursor begins; the first page has none. @param {string | null} cursor */
export const pageQuery = (cursor) => (cursor === null ? "" : `?cursor=${encodeURIComponent(cursor)}`);
