// Acts on dead letters: on one, on those that are marked, and on all that a filter selects.

import { Refused, problemOf } from "../../shared/api.js";
import { path } from "../../shared/path.js";
import { REASON, bodyOf } from "./fields.js";

/** @typedef {import("./fields.js").Act} Act */
/** @typedef {import("./fields.js").Api} Api */
/** @typedef {import("../types.d.ts").Report} Report */

/** The outcomes of letters that have left their queue. */
const DONE = ["redriven", "sent", "deleted"];

/** @param {string} id @param {string} action */
const letterPath = (id, action) => path`/api/operator/dead-letters/${id}/${action}`;

/**
 * Sends the same act for each of several dead letters. A refusal stops nothing; without a connection or a session, the
 * rest is not tried. Throws the refusal of a login that is too old, so that the dialog asks for the password.
 * @param {Api} api @param {string[]} ids @param {string} action @param {object} body
 * @returns {Promise<Report>}
 */
async function eachLetter(api, ids, action, body) {
  /** @type {Report} */
  const report = { action, done: 0, gone: 0, failed: [] };
  /** @type {import("../../shared/types.d.ts").Problem | null} */
  let end = null;
  for (const id of ids) {
    try {
      if (end === null) {
        await api.post(letterPath(id, action), body);
        report.done += 1;
      }
    } catch (error) {
      const problem = error instanceof Refused ? error.problem : problemOf("unreadable", 0);
      // Before anything was done, the whole act can be sent again; later, those that were done would count as gone.
      if (problem.code === "login-too-old" && id === ids[0]) throw error;
      if ([0, 401, 403].includes(problem.status)) end = problem;
      else if (problem.status === 404) report.gone += 1;
      else report.failed.push({ id, problem });
    }
    if (end !== null) report.failed.push({ id, problem: end });
  }
  return report;
}

/**
 * The report of an act on all that match. Letters that have left the queue since they were counted are gone.
 * @param {string} action @param {any} answer @param {string} count The number that was typed.
 * @returns {Report}
 */
function reportOf(action, { data }, count) {
  const [done, others] = [true, false].map((isDone) =>
    data.filter((/** @type {any} */ { outcome }) => DONE.includes(outcome) === isDone),
  );
  /** @type {Report["failed"]} */
  const failed = others.map((/** @type {any} */ { id, outcome }) => ({
    id,
    problem: problemOf(`letter-${outcome}`, 503),
  }));
  return { action, done: done.length, gone: Math.max(0, Number(count) - data.length), failed };
}

/** @param {string} action @returns {Pick<Act, "roles" | "fields" | "kind">} */
const letterAct = (action) => ({
  roles: ["operator"],
  fields: [REASON],
  kind: action === "delete" ? "danger" : "action",
});

/** @param {string} action @returns {Record<string, Act>} */
const letterActs = (action) => ({
  [`letter.${action}`]: {
    ...letterAct(action),
    isEnd: true,
    send: (api, { id }, values) => api.post(letterPath(id, action), bodyOf([REASON], values)),
  },
  [`marked.${action}`]: {
    ...letterAct(action),
    send: (api, { ids }, values) => eachLetter(api, ids, action, bodyOf([REASON], values)),
    result: ({ done }) => ({ count: String(done) }),
    report: (report) => report,
  },
  [`letters.${action}`]: {
    ...letterAct(action),
    typed: ({ count }) => count,
    send: (api, { filter, count }, values) =>
      api.post("/api/operator/dead-letters", { ...filter, action, limit: count, ...bodyOf([REASON], values) }),
    result: (answer, { count }) => ({ count: String(reportOf(action, answer, count).done) }),
    report: (answer, { count }) => reportOf(action, answer, count),
  },
});

/** @type {Record<string, Act>} */
export const LETTER_ACTS = { ...letterActs("redrive"), ...letterActs("delete") };
