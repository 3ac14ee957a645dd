// What needs a person now, worst first, as Overview shows it: backlogs, alarms, work that waits for a decision, and the
// last check of the books. Pure: made from the answers that were read.

import { clock } from "../player/texts.js";
import { add } from "../shared/money.js";
import { hashOf } from "../shared/router.js";
import { age, brief, counted, said, t } from "./texts.js";

/** @typedef {import("./types.d.ts").State} State */
/** @typedef {import("./lists.js").List} List */
/** @typedef {import("./roles.js").Role} Role */

/**
 * @typedef {object} Need
 * @property {"bad" | "warn" | "" | "note" | "good"} kind `bad`: look now; `warn`: look today; `note` and `good`:
 *   nothing to do.
 * @property {string} title
 * @property {string} count
 * @property {string} text
 * @property {string} [href] The view that clears it.
 * @property {string} [part] The part of Overview that shows it, by its id.
 */

/** The levels of the monitor, in waiting jobs. */
export const WARN_AT = 50;
export const PAGE_AT = 100;
/** The level of failed jobs, as a share of the completed ones. */
export const FAILED_PERCENT = 10;
/** The levels of the alarms of requests, each with the minutes for which it is exceeded. */
const SLOW = { micros: 200_000, minutes: 15 };
const ERRORS = { percent: 1n, minutes: 5 };
const FAILED_MINUTES = 5;
/** A payout is late after that time, a check of movements, and one of all books, in milliseconds. */
const PAYOUT_LATE = 3_600_000;
const CHECK_LATE = 3 * 3_600_000;
/**
 * A round is closed within a minute of its deadline, and finished about ten minutes after its end. Later is late, in
 * milliseconds.
 */
const CLOSE_LATE = 2 * 60_000;
const FINISH_LATE = 15 * 60_000;
const ALL_LATE = 48 * 3_600_000;

/** @type {Need["kind"][]} */
const ORDER = ["bad", "warn", "", "note", "good"];

/** The answers from which the needs of a role are made. @type {Record<Role, string[]>} */
export const NEEDS_FROM = {
  operator: ["health", "queues", "rounds:unfinished", "proposals", "queueMinutes", "minutes", "books"],
  cashier: ["health", "withdrawals:held", "deposits:unclaimed", "withdrawals:unfinished", "books"],
  auditor: ["health", "audit:", "reconciliations", "books"],
};

/** The earliest of some moments. @param {(string | null | undefined)[]} moments @returns {string | null} */
const earliest = (moments) =>
  moments.filter((moment) => moment != null).sort((one, other) => Date.parse(one) - Date.parse(other))[0] ?? null;

/** @param {string[]} numbers */
export const sum = (numbers) => numbers.reduce((total, number) => total + BigInt(number), 0n);

/** Whether a need waits for a person. @param {Need} need */
export const isWaiting = ({ kind }) => kind !== "note" && kind !== "good";

/** Whether a list has rows that were not read. @param {List} list */
const hasMore = ({ next, isCut }) => Boolean(next || isCut);

/** The size of a list that may have further pages. @param {List} list */
export const sizeOf = (list) => `${list.items.length}${hasMore(list) ? "+" : ""}`;

/** Orders that wait for a cashier, with their sum and their age. @param {List | undefined} list @param {number} now */
export function waiting(list, now) {
  if (!list) return { count: "–", sum: "–", oldest: "–" };
  const since = earliest(list.items.map(({ createdAt }) => createdAt));
  const sum = brief(add("0", ...list.items.map(({ amount }) => amount)));
  return { count: sizeOf(list), sum: hasMore(list) ? `${sum}+` : sum, oldest: since ? age(since, now) : "–" };
}

/**
 * The needs of a role, worst first; an answer that could not be read is one, too. `isWhole`: all answers were read.
 * @param {State} state @param {Role} role @param {number} now Milliseconds
 * @returns {{ needs: Need[], isWhole: boolean }}
 */
export function needsOf(state, role, now) {
  const { data, loads } = state;
  const made = { operator: operator(state, now), cashier: cashier(state, now), auditor: auditor(state) };
  // On AWS no process counts its traffic, and CloudWatch has these alarms.
  const isOff = (/** @type {string} */ key) => loads[key]?.problem?.code === "switched-off";
  const failed = NEEDS_FROM[role].filter((key) => loads[key]?.status === "failed" && !isOff(key));
  const isWhole = NEEDS_FROM[role].every((key) => key in data || loads[key]?.status === "failed");
  const needs = [...unhealthy(state), ...made[role], ...unread(failed), ...books(state, now)];
  return { needs: needs.sort((one, other) => ORDER.indexOf(one.kind) - ORDER.indexOf(other.kind)), isWhole };
}

/** @param {string[]} keys @returns {Need[]} */
const unread = (keys) =>
  keys.length === 0
    ? []
    : [
        {
          kind: "warn",
          title: t("needs.unread"),
          count: String(keys.length),
          text: t("needs.unread.text", {
            names: keys.map((key) => said(`needs.of.${key.split(":", 1)[0]}`)).join(", "),
          }),
        },
      ];

/** @param {State} state @returns {Need[]} */
function unhealthy({ data: { health } }) {
  if (!health || health.healthy) return [];
  const names = /** @type {const} */ (["table", "queues", "jackpots"])
    .filter((name) => !health[name])
    .map((name) => t(`overview.${name}`));
  return [
    {
      kind: "bad",
      title: t("needs.unhealthy"),
      count: String(names.length),
      text: t("needs.unhealthy.text", { parts: names.join(", ") }),
    },
  ];
}

/** @param {State} state @param {number} now @returns {Need[]} */
function operator({ data }, now) {
  const { queues = [], proposals } = data;
  const unfinished = data["rounds:unfinished"];
  const stuck = unfinished && {
    ...unfinished,
    items: unfinished.items.filter((/** @type {any} */ round) => isRoundLate(round, now)),
  };
  const proposed = proposals ? [...proposals.wins, ...proposals.terms] : [];
  return [
    ...backlog(queues, now),
    ...dead(queues),
    ...slow(data.minutes),
    ...errors(data.minutes),
    ...failedJobs(data.queueMinutes),
    ...(stuck?.items.length
      ? [
          {
            kind: /** @type {const} */ ("warn"),
            title: t("overview.unfinished"),
            count: sizeOf(stuck),
            text: t("overview.unfinished.text"),
            href: hashOf("rounds", null, { state: "unfinished" }),
          },
        ]
      : []),
    ...(proposed.length
      ? [
          {
            kind: /** @type {const} */ (""),
            title: t("overview.proposals"),
            count: String(proposed.length),
            text: t("overview.proposals.text"),
            href: hashOf("jackpots"),
          },
        ]
      : []),
  ];
}

/**
 * Whether a round should have been closed, decided or finished.
 * @param {import("../shared/types.d.ts").Round} round @param {number} now
 */
function isRoundLate({ state, draw, winnerSide, closesBy, resultBy, closedAt }, now) {
  if (state === "OPEN") return now - Date.parse(closesBy ?? "") > CLOSE_LATE;
  const isUndecided = state === "CLOSED" && draw === "oracle" && !winnerSide;
  return now - Date.parse((isUndecided && resultBy) || closedAt || "") > FINISH_LATE;
}

/** The waiting jobs of queues with too many. @param {any[]} queues @param {number} now @returns {Need[]} */
function backlog(queues, now) {
  const high = queues
    .filter(({ waiting }) => BigInt(waiting) > WARN_AT)
    .sort((one, other) => Number(BigInt(other.waiting) - BigInt(one.waiting)));
  if (high.length === 0) return [];
  const since = earliest(high.map(({ oldestUnfinishedAt }) => oldestUnfinishedAt));
  const words = {
    queue: high.map(({ queue }) => queue).join(", "),
    page: String(PAGE_AT),
    oldest: since ? age(since, now) : "",
  };
  return [
    {
      kind: BigInt(high[0].waiting) > PAGE_AT ? "bad" : "warn",
      title: t("needs.backlog"),
      count: counted(sum(high.map(({ waiting }) => waiting))),
      text: said(since ? "needs.backlog.since" : "needs.backlog.text", words),
      href: hashOf("queues"),
    },
  ];
}

/** @param {any[]} queues @returns {Need[]} */
function dead(queues) {
  const count = sum(queues.map(({ deadLetters }) => deadLetters));
  const oldest = earliest(queues.map(({ oldestDeadLetterAt }) => oldestDeadLetterAt));
  return count === 0n
    ? []
    : [
        {
          kind: "bad",
          title: t("nav.dead-letters"),
          count: counted(count),
          text: oldest ? t("overview.dead.text", { time: clock(oldest) }) : t("overview.dead.some"),
          href: hashOf("dead-letters"),
        },
      ];
}

/**
 * The last minutes, if there are that many.
 * @template T @param {T[] | undefined} minutes @param {number} count @returns {T[]}
 */
const last = (minutes = [], count) => (minutes.length < count ? [] : minutes.slice(-count));

/** @param {any[] | undefined} minutes @returns {Need[]} */
function slow(minutes) {
  const recent = last(minutes, SLOW.minutes);
  if (recent.length === 0 || !recent.every(({ p95Micros }) => Number(p95Micros ?? 0) > SLOW.micros)) return [];
  const ms = Math.round(Number(recent[recent.length - 1].p95Micros) / 1000);
  return [
    {
      kind: "warn",
      title: t("needs.slow"),
      count: t("needs.ms", { ms: String(ms) }),
      text: t("needs.slow.text", { ms: String(ms), minutes: String(SLOW.minutes), warn: String(SLOW.micros / 1000) }),
      part: "charts",
    },
  ];
}

/** @param {any[] | undefined} minutes @returns {Need[]} */
function errors(minutes) {
  const recent = last(minutes, ERRORS.minutes);
  const isHigh = (/** @type {any} */ { errors, requests }) => BigInt(errors) * 100n > BigInt(requests) * ERRORS.percent;
  if (recent.length === 0 || !recent.every(isHigh)) return [];
  const words = { minutes: String(ERRORS.minutes), requests: counted(sum(recent.map(({ requests }) => requests))) };
  return [
    {
      kind: "bad",
      title: t("needs.errors"),
      count: counted(sum(recent.map(({ errors }) => errors))),
      text: t("needs.errors.text", words),
      part: "charts",
    },
  ];
}

/**
 * @param {{ minutes: string[], queues: { queue: string, completed: string[], failed: string[] }[] } | undefined} jobs
 * @returns {Need[]}
 */
function failedJobs(jobs) {
  const recent = (/** @type {string[]} */ counts) => sum(counts.slice(-FAILED_MINUTES));
  const high =
    jobs?.queues.filter(
      ({ completed, failed }) => recent(failed) * 100n > recent(completed) * BigInt(FAILED_PERCENT),
    ) ?? [];
  if (high.length === 0) return [];
  const words = {
    queue: high.map(({ queue }) => queue).join(", "),
    minutes: String(FAILED_MINUTES),
    percent: String(FAILED_PERCENT),
  };
  return [
    {
      kind: "warn",
      title: t("needs.failed"),
      count: counted(high.reduce((total, { failed }) => total + recent(failed), 0n)),
      text: t("needs.failed.text", words),
      href: hashOf("queues"),
    },
  ];
}

/** @param {State} state @param {number} now @returns {Need[]} */
function cashier({ data, platform }, now) {
  const unit = platform?.currency ?? "";
  const list = (/** @type {"held" | "unclaimed"} */ name, /** @type {string} */ key, /** @type {string} */ view) => {
    const found = data[key];
    if (!found?.items.length) return [];
    const { count, sum, oldest } = waiting(found, now);
    const all = hasMore(found) ? `${sum} ${unit}` : t("overview.all", { sum: `${sum} ${unit}` });
    return [
      {
        kind: /** @type {const} */ ("warn"),
        title: t(`overview.${name}`),
        count,
        text: t(`overview.${name}.text`, { sum: all, oldest }),
        href: hashOf(view),
      },
    ];
  };
  return [
    ...list("held", "withdrawals:held", "withdrawals"),
    ...list("unclaimed", "deposits:unclaimed", "deposits"),
    ...latePayouts(data["withdrawals:unfinished"], now),
  ];
}

/**
 * Payouts that have stopped, or that should have been sent long ago.
 * @param {List | undefined} list @param {number} now @returns {Need[]}
 */
function latePayouts(list, now) {
  const isLate = (/** @type {any} */ { state, stoppedSince, createdAt }) =>
    state !== "HELD" && (stoppedSince || now - Date.parse(createdAt) > PAYOUT_LATE);
  const late = list?.items.filter(isLate) ?? [];
  const since = earliest(late.map(({ createdAt }) => createdAt));
  return since
    ? [
        {
          kind: "warn",
          title: t("needs.payouts"),
          count: String(late.length),
          text: t("needs.payouts.text", { oldest: age(since, now) }),
          href: hashOf("withdrawals", null, { state: "unfinished" }),
        },
      ]
    : [];
}

/** @param {State} state @returns {Need[]} */
function auditor({ data }) {
  const wrong = data["audit:"]?.chain.wrong;
  const differing = (data.reconciliations?.items ?? []).filter(
    (/** @type {any} */ { counts }) => Object.keys(counts).length > 0,
  );
  return [
    ...(wrong
      ? [
          {
            kind: /** @type {const} */ ("bad"),
            title: t("overview.log"),
            count: "1",
            text: t("overview.log.text"),
            href: hashOf("audit"),
          },
        ]
      : []),
    ...(differing.length
      ? [
          {
            kind: /** @type {const} */ ("warn"),
            title: t("overview.differences"),
            count: String(differing.length),
            text: t("overview.differences.text"),
            href: hashOf("reconciliation"),
          },
        ]
      : []),
  ];
}

/** The last check of the books. @param {State} state @param {number} now @returns {Need[]} */
function books({ data }, now) {
  /** @type {{ checkedAt: string | null, allCheckedAt: string | null, violations: string } | undefined} */
  const found = data.books;
  if (!found) return [];
  const { checkedAt, allCheckedAt, violations } = found;
  if (violations !== "0") {
    return [
      {
        kind: "bad",
        title: t("needs.books.wrong"),
        count: violations,
        text: t("needs.books.wrong.text", { time: checkedAt ? clock(checkedAt) : "–" }),
      },
    ];
  }
  if (!checkedAt) return [{ kind: "note", title: t("needs.books.none"), count: "–", text: t("needs.books.none.text") }];
  const words = { ago: age(checkedAt, now), all: allCheckedAt ? age(allCheckedAt, now) : "" };
  const since = (/** @type {string | null} */ at) => now - Date.parse(at ?? "");
  if (since(checkedAt) > CHECK_LATE || since(allCheckedAt) > ALL_LATE) {
    return [
      {
        kind: "warn",
        title: t("needs.books.late"),
        count: words.ago,
        text: said(allCheckedAt ? "needs.books.late.all" : "needs.books.late.text", words),
      },
    ];
  }
  return [
    {
      kind: "good",
      title: t("needs.books"),
      count: t("needs.books.count"),
      text: said(allCheckedAt ? "needs.books.all" : "needs.books.text", words),
    },
  ];
}
