// Requests that move money: bets, deposits and withdrawals. Each is carried out once, under one Idempotency-Key. If its
// answer is lost, the page asks again with the same request, and later looks for the bet or order that it makes.

import { Refused, problemOf } from "../shared/api.js";
import { clock } from "../shared/clock.js";
import { derivedId } from "../shared/draw.js";
import { EMPTY_FORM } from "../shared/reduce.js";

/** @typedef {import("../shared/types.d.ts").State} State */
/** @typedef {import("../shared/types.d.ts").Event} Event */
/** @typedef {import("../shared/types.d.ts").Problem} Problem */
/** @typedef {import("../shared/types.d.ts").MoneyRequest} MoneyRequest */
/** @typedef {MoneyRequest["kind"]} Kind */
/** @typedef {Pick<MoneyRequest, "kind" | "home" | "path" | "body" | "values">} Wanted */
/**
 * What follows once a request was carried out, or was refused.
 * @typedef {object} Handler
 * @property {(request: MoneyRequest, data: any, isLate: boolean) => Promise<void>} placed `data`: the answer, or the
 *   bet or order itself. `isLate`: the first answer was lost.
 * @property {(request: MoneyRequest, problem: Problem | null, isLate: boolean) => Promise<void>} refused Without a
 *   problem it never arrived.
 */

/**
 * A repeat carries out a request that had not arrived. After so many milliseconds the player may not want that any
 * more, so the page only looks.
 */
const REPEATED_FOR = 30_000;
/** The service ends each request after 25 s. A thing that is not there so long after the last attempt never comes. */
const NEVER_AFTER = 30_000;
/** The pauses before the next attempts, in milliseconds; the last one is repeated. */
const PAUSES = [3_000, 5_000, 10_000, 15_000];
/** The requests of a player whose answers this tab does not know, by form; they survive a reload. */
const PREFIX = "evens.sent.";

/**
 * The purpose from which the id follows, the path of the thing, and where the page keeps it.
 * @type {Record<Kind, { purpose: string, path: string, of: (state: State) => Record<string, any>,
 *   isCleared?: boolean }>}
 */
const KINDS = {
  bet: { purpose: "bet", path: "/api/bets/", of: ({ bets }) => bets },
  gameBet: { purpose: "bet", path: "/api/games/my-bets/", of: ({ gameBets }) => gameBets },
  // A pushed deposit has no pay page, so that the page asks for it.
  deposit: { purpose: "deposit", path: "/api/deposits/", of: () => ({}) },
  withdrawal: {
    purpose: "withdrawal",
    path: "/api/withdrawals/",
    of: ({ withdrawals }) => withdrawals,
    isCleared: true,
  },
};

/** The forms whose requests may have been carried out. @param {State} state @returns {[string, MoneyRequest][]} */
export const unknownOf = ({ forms }) =>
  Object.entries(forms).flatMap(([form, { isUnknown, sent }]) =>
    isUnknown ? [[form, /** @type {MoneyRequest} */ (sent)]] : [],
  );

/**
 * Whether the page repeats the request, or only looks for its effect.
 * @param {MoneyRequest} request @param {number} now Milliseconds
 */
export const isRepeated = ({ firstAt }, now) => now - firstAt < REPEATED_FOR;

/**
 * @param {{ api: ReturnType<typeof import("../shared/api.js").createApi>,
 *   session: Pick<ReturnType<typeof import("../shared/session.js").createSession>, "user">,
 *   storage: Pick<import("../shared/storage.js").SafeStorage, "getItem" | "setItem" | "removeItem" | "keys">,
 *   handlers: Record<Kind, Handler>, get: () => State, dispatch: (event: Event) => void,
 *   onProblem: (problem: Problem) => void, now?: () => number }} parts
 */
export function createRequests({ api, session, storage, handlers, get, dispatch, onProblem, now = Date.now }) {
  /** @type {Map<string, any>} */
  const timers = new Map();
  /** Attempts of each form since its answer was lost. @type {Map<string, number>} */
  const attempts = new Map();

  /** @returns {Record<string, MoneyRequest>} */
  function kept() {
    try {
      return JSON.parse(storage.getItem(PREFIX + session.user()) ?? "{}");
    } catch {
      return {};
    }
  }

  /** @param {string} form @param {MoneyRequest | null} request Null where its answer is known. */
  function keep(form, request) {
    const { [form]: _, ...others } = kept();
    storage.setItem(PREFIX + session.user(), JSON.stringify(request ? { ...others, [form]: request } : others));
  }

  /** @param {string} form */
  const formOf = (form) => get().forms[form] ?? EMPTY_FORM;

  /**
   * @param {string} form @param {MoneyRequest} request
   * @returns {Promise<any>} The answer's data; null where it was refused, or is unknown.
   */
  async function attempt(form, request) {
    const user = session.user();
    const isLate = formOf(form).isUnknown;
    // It is kept before it is sent, since the page may be closed at any time.
    keep(form, request);
    dispatch({ type: "sending", form, sent: request });
    const answer = await asked(api.post(request.path, request.body, { idempotencyKey: request.idempotencyKey }));
    // The request is none of the next player's; its own player finds it at their next login in this tab.
    if (session.user() !== user) return null;
    if (answer.problem) await failed(form, request, answer.problem, isLate);
    else await carriedOut(form, request, answer.data, isLate);
    return answer.data ?? null;
  }

  /** @param {string} form @param {MoneyRequest} request @param {Problem} problem @param {boolean} isLate */
  async function failed(form, request, problem, isLate) {
    dispatch({ type: "answered", form, problem, outcome: isLate ? { kind: "absent", request, problem } : undefined });
    onProblem(problem);
    if (formOf(form).isUnknown) return wait(form);
    settled(form);
    await handlers[request.kind].refused(request, problem, isLate);
  }

  /** @param {string} form @param {MoneyRequest} request @param {any} data @param {boolean} isLate */
  async function carriedOut(form, request, data, isLate) {
    settled(form);
    const values = KINDS[request.kind].isCleared ? {} : undefined;
    // A deposit that its provider did not take is there, and has failed.
    const kind = data.status === "failed" ? "absent" : "arrived";
    dispatch({ type: "answered", form, values, outcome: isLate ? { kind, request } : undefined });
    await handlers[request.kind].placed(request, data, isLate);
  }

  /**
   * Looks for the bet or order of a request that is too old to be repeated.
   * @param {string} form @param {MoneyRequest} request
   */
  async function look(form, request) {
    const user = session.user();
    dispatch({ type: "sending", form });
    const { data, problem } = await asked(api.get(KINDS[request.kind].path + request.id));
    if (session.user() !== user) return;
    // A repeat of a deposit that is there opens nothing, and tells its pay page.
    if (!problem)
      return void (await (request.kind === "deposit" ? attempt(form, request) : carriedOut(form, request, data, true)));
    if (problem.code !== "not-found" || now() - request.lastAt < NEVER_AFTER) {
      dispatch({ type: "restored", form, sent: request });
      if (problem.code !== "not-found") onProblem(problem);
      return wait(form);
    }
    settled(form);
    dispatch({ type: "answered", form, outcome: { kind: "absent", request } });
    await handlers[request.kind].refused(request, null, true);
  }

  /** @param {string} form */
  function wait(form) {
    const number = attempts.get(form) ?? 0;
    const pause = PAUSES[Math.min(number, PAUSES.length - 1)];
    attempts.set(form, number + 1);
    dispatch({ type: "asking", form, at: clock.now() + pause });
    clearTimeout(timers.get(form));
    timers.set(
      form,
      setTimeout(() => ask(form), pause),
    );
  }

  /** @param {string} form */
  function settled(form) {
    clearTimeout(timers.get(form));
    timers.delete(form);
    attempts.delete(form);
    keep(form, null);
  }

  /** Asks now what became of a request. @param {string} form */
  async function ask(form) {
    const { isUnknown, busy, sent } = formOf(form);
    if (!isUnknown || busy) return;
    clearTimeout(timers.get(form));
    const request = /** @type {MoneyRequest} */ (sent);
    await (isRepeated(request, now()) ? attempt(form, { ...request, lastAt: now() }) : look(form, request));
  }

  return {
    /** Sends a request for the first time. @param {string} form @param {Wanted} wanted */
    async send(form, wanted) {
      const idempotencyKey = crypto.randomUUID();
      const id = await derivedId(KINDS[wanted.kind].purpose, session.user() ?? "", idempotencyKey);
      const at = new Date(clock.now()).toISOString();
      return attempt(form, { ...wanted, idempotencyKey, id, at, firstAt: now(), lastAt: now() });
    },
    ask,
    /** The connection is back. */
    askAll() {
      for (const [form] of unknownOf(get())) void ask(form);
    },
    /**
     * A bet or order has arrived by a push or in a list: it ends the wait for the answer to its request.
     * @param {State} state
     */
    seen(state) {
      for (const [form, request] of unknownOf(state)) {
        const found = KINDS[request.kind].of(state)[request.id];
        if (found && !formOf(form).busy) void carriedOut(form, request, found, true);
      }
    },
    /** The requests that this tab had sent before it was loaded again. They are looked for, and not repeated. */
    restore() {
      for (const [form, request] of Object.entries(kept())) {
        if (formOf(form).sent) continue;
        dispatch({ type: "restored", form, sent: { ...request, firstAt: 0 } });
        void ask(form);
      }
    },
    /** The session is over. @param {boolean} isAsked Its player has left, and nothing of theirs stays. */
    stop(isAsked) {
      for (const timer of timers.values()) clearTimeout(timer);
      timers.clear();
      attempts.clear();
      if (isAsked) for (const key of storage.keys()) if (key.startsWith(PREFIX)) storage.removeItem(key);
    },
  };
}

/**
 * An answer's data, or why there is none.
 * @param {Promise<any>} answer @returns {Promise<{ data?: any, problem?: Problem }>}
 */
const asked = (answer) =>
  answer.then(
    ({ data }) => ({ data }),
    (error) => ({ problem: error instanceof Refused ? error.problem : problemOf("unreadable", 0) }),
  );
