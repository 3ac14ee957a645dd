// States of views that the service does not give on demand: its answers are put in its place.

import { answer, excluded, json, limits, problem } from "./answers.mjs";
import { ACCOUNT_STATES } from "./states_account.mjs";

/** The settings of the platform. @param {object} more */
const platform = (more) =>
  answer({
    stage: "local",
    currency: "INR",
    currencyDecimals: 2,
    phoneCountry: "IN",
    bets: true,
    deposits: true,
    withdrawals: true,
    paused: [],
    stakeMin: 1,
    stakeMax: 1000000,
    refundAfterSeconds: 300,
    depositMin: 1,
    depositMax: 100000,
    withdrawalMin: 1,
    ...more,
  });

/** A reality check that is due. */
const REMINDED = { everyMinutes: 60, playingSince: "2026-11-28T10:02:00Z", dueAt: "2026-11-28T11:02:00Z" };

/** The jackpots of a group. @param {string} group @param {number} amount @param {number | null} mustHitBy */
const jackpot = (group, amount, mustHitBy) => ({
  group,
  amount,
  wins: 1,
  terms: {
    version: 1,
    since: "2026-11-01T00:00:00Z",
    startAmount: 1000,
    rate: 0.003,
    reserveRate: 0.001,
    odds: 1000000,
    mustHitBy,
  },
  lastWins: [
    { number: 0, winAmount: 18240.5, at: "2026-11-27T10:00:00Z", cause: "drawn", periodId: null, betId: null },
  ],
});

/** Opens the first round and places a bet of 10. @param {import("playwright-core").Page} page */
async function bet(page) {
  await page.locator("main h3 a").first().click();
  await page.getByRole("button", { name: "Bet 10.00 on A" }).click();
}

const refused = (code, status, more) => ({ "POST /api/bets": problem(code, status, more) });

/**
 * A view in a state, and the texts that it shows. `isUnpushed`: without a socket, which would push the service's own
 * state.
 * @typedef {{ name: string, hash: string, answers: Record<string, object>, shows: string[], isUnpushed?: boolean,
 *   act?: (page: import("playwright-core").Page) => Promise<void> }} State
 */

/** @type {State[]} */
export const STATES = [
  {
    name: "rounds not read",
    hash: "#/play",
    answers: { "GET /api/rounds": problem("internal", 500) },
    shows: ["The rounds could not be read", "Reference", "Try again"],
  },
  {
    name: "no round is open",
    hash: "#/play",
    answers: { "GET /api/rounds": json({ data: [], nextCursor: null }) },
    shows: ["No round is open"],
  },
  {
    name: "ledger not read",
    hash: "#/wallet",
    answers: { "GET /api/wallet/ledger": problem("unavailable", 503) },
    shows: ["The ledger could not be read", "Try again", "Reference"],
  },
  {
    name: "bet not found",
    hash: "#/bets/00000000-0000-8000-8000-000000000000",
    answers: {},
    shows: ["There is no such bet"],
  },
  {
    name: "bet on a game not found",
    hash: "#/bets/00000000-0000-8000-8000-000000000000?of=game",
    answers: {},
    shows: ["There is no such bet"],
  },
  {
    name: "blocked",
    hash: "#/wallet",
    answers: { "GET /api/wallet": problem("account-blocked", 403) },
    shows: ["This account is blocked", "Write to support."],
  },
  {
    name: "excluded",
    hash: "#/play",
    answers: { "GET /api/exclusion": excluded("2027-05-03T00:00:00Z") },
    act: (page) => page.locator("main h3 a").first().click(),
    shows: ["You have excluded yourself until 3 May 2027, 00:00. You can withdraw at any time."],
  },
  {
    name: "over a limit",
    hash: "#/play",
    answers: refused("over-limit", 409, { field: "amount", detail: "Your limit of 100 a day for stakes leaves 4." }),
    act: bet,
    shows: ["Your limit of 100 a day for stakes leaves 4."],
  },
  {
    name: "insufficient balance",
    hash: "#/play",
    answers: refused("insufficient-balance", 400, { field: "amount" }),
    act: bet,
    shows: ["You have "],
  },
  {
    name: "account held",
    hash: "#/play",
    answers: refused("account-held", 403),
    act: bet,
    shows: ["Betting is on hold for your account."],
  },
  {
    name: "too many requests",
    hash: "#/play",
    answers: refused("too-many-requests", 429),
    act: bet,
    shows: ["Try again in 7 s."],
  },
  {
    name: "switched off",
    hash: "#/play",
    answers: refused("switched-off", 503, { detail: "Bets are switched off at present." }),
    act: bet,
    shows: ["Bets are switched off at present."],
  },
  {
    name: "paused since the page was opened",
    hash: "#/play",
    answers: refused("paused", 409, { detail: "The operators have paused betting." }),
    act: bet,
    shows: ["The operators have paused betting."],
  },
  {
    name: "bets paused",
    hash: "#/play",
    answers: { "GET /api/platform": platform({ bets: false, paused: ["bets"] }) },
    act: (page) => page.locator("main h3 a").first().click(),
    shows: ["Bets are paused. Bets already placed are still settled."],
  },
  {
    name: "all paused",
    hash: "#/wallet",
    answers: { "GET /api/platform": platform({ bets: false, deposits: false, withdrawals: false, paused: ["all"] }) },
    shows: ["The platform is paused. Bets already placed are still settled."],
  },
  {
    name: "not answered in time",
    hash: "#/play",
    isUnpushed: true,
    answers: refused("unavailable", 503),
    act: bet,
    shows: ["We do not know yet whether your bet arrived", "The service did not answer in time.", "Reference"],
  },
  {
    name: "reality check",
    hash: "#/play",
    answers: {
      "GET /api/limits": limits(
        [
          { limitId: "stakes-day", kind: "stakes", used: 280.5 },
          { limitId: "losses-day", kind: "losses", used: 59.9 },
        ],
        REMINDED,
      ),
    },
    shows: ["You have played since", "So far today", "280.50", "59.90", "Take a break"],
  },
  {
    name: "reality check on sums that began within the day",
    hash: "#/play",
    answers: {
      "GET /api/limits": limits(
        ["stakes", "losses"].map((kind) => ({ limitId: `${kind}-day`, kind, countedSince: "2025-11-20T10:30:00Z" })),
        REMINDED,
      ),
    },
    shows: ["You asked to be reminded. Since 20 Nov 2025, 10:30:", "7.50"],
  },
  {
    name: "games not read",
    hash: "#/play",
    answers: { "GET /api/games/active-periods": problem("internal", 500) },
    shows: ["The games could not be read", "Reference", "Try again"],
  },
  {
    name: "no such game",
    hash: "#/room/nothing-30",
    answers: {},
    shows: ["There is no game nothing-30", "See open rounds"],
  },
  {
    name: "results not read",
    hash: "#/room/{room}",
    answers: { "GET /api/games/*/*/history": problem("unavailable", 503) },
    shows: ["The results could not be read", "Try again"],
  },
  {
    name: "jackpots",
    hash: "#/play",
    isUnpushed: true,
    answers: {
      "GET /api/live": json({ events: [], more: false }),
      "GET /api/jackpots": json({
        asOf: "2026-11-28T10:00:00Z",
        data: [jackpot("minor", 1204.16, 1500), jackpot("mega", 512384.75, null)],
      }),
    },
    shows: ["512,384.75", "Won before 1,500.00.", "Last win 18,240.50"],
  },
  {
    name: "bets not read",
    hash: "#/bets?kind=games",
    answers: { "GET /api/games/my-bets": problem("internal", 500) },
    shows: ["Try again"],
  },
  {
    name: "verification not read",
    hash: "#/verify/{bet}",
    answers: { "GET /api/rounds/*": problem("internal", 500) },
    shows: ["The draw could not be read"],
  },
  {
    name: "verification failed",
    hash: "#/verify/{bet}",
    answers: {
      "GET /api/rounds/*": async (route) => {
        const real = await route.fetch();
        const text = await real.text();
        return route.fulfill({ response: real, body: text.replace(/"seedHash":"..../, '"seedHash":"0000') });
      },
    },
    shows: ["A step failed", "The seed does not have the hash", "Published by the round"],
  },
  {
    name: "no such period",
    hash: "#/verify/{room}-20200101000000001?of=game",
    answers: {},
    shows: ["There is no such period"],
  },
  {
    name: "a period not read",
    hash: "#/verify/{room}-20200101000000001?of=game",
    answers: { "GET /api/games/*/*/period/*": problem("internal", 500) },
    shows: ["The draw could not be read", "Try again"],
  },
  {
    name: "a period not drawn",
    hash: "#/verify/{room}-20200101000000001?of=game",
    answers: { "GET /api/games/*/*/period/*": period("CLOSED") },
    shows: ["The seed is published with the result."],
  },
  {
    name: "a period cancelled",
    hash: "#/verify/{room}-20200101000000001?of=game",
    answers: { "GET /api/games/*/*/period/*": period("REFUNDED") },
    shows: ["This period was cancelled", "every stake was returned"],
  },
  { name: "a link with the name of an object", hash: "#/constructor", answers: {}, shows: ["Open rounds"] },
  ...ACCOUNT_STATES,
];

/** A past period without a result. @param {string} state */
function period(state) {
  const at = "2020-01-01T00:00:00Z";
  const verification = {
    hash: null,
    link: null,
    block: null,
    time: null,
    seedHash: "00".repeat(32),
    seed: null,
    message: null,
    entropy: "none",
    source: null,
    blockId: null,
    blockTime: null,
    signature: null,
  };
  return answer({
    gameType: "made_up",
    duration: 30,
    periodId: "20200101000000001",
    state,
    rules: 1,
    opensAt: at,
    closesAt: at,
    endsAt: at,
    result: null,
    verification,
  });
}
