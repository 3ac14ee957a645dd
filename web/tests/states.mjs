// States of views that the service does not give on demand: its answers are put in its place.

/** @param {string} code @param {number} status @param {object} [more] */
export const problem = (code, status, more = {}) => ({
  status,
  contentType: "application/problem+json",
  headers: status === 429 ? { "retry-after": "7" } : {},
  body: JSON.stringify({ type: `urn:evens:problem:${code}`, code, title: "Title", detail: "What happened, and what to do.", requestId: "01a27c4e-90b1-4c11-8e1f-000000000000", ...more }),
});

/** @param {object} data */
const answer = (data) => ({ status: 200, contentType: "application/json", body: JSON.stringify({ data }) });

/** The settings of the platform. @param {object} more */
const platform = (more) =>
  answer({
    stage: "local", currency: "INR", currencyDecimals: 2, phoneCountry: "IN", bets: true, deposits: true, withdrawals: true, paused: [],
    stakeMin: 1, stakeMax: 1000000, depositMin: 1, depositMax: 100000, withdrawalMin: 1, ...more,
  });

/** Opens the first round and places a bet of 10. @param {import("playwright-core").Page} page */
async function bet(page) {
  await page.locator("main h3 a").first().click();
  await page.getByRole("button", { name: "Bet 10.00 on A" }).click();
}

const refused = (code, status, more) => ({ "POST /api/bets": problem(code, status, more) });

/**
 * @type {{ name: string, hash: string, answers: Record<string, object>, act?: (page: import("playwright-core").Page) => Promise<void>, shows: string[], isUnpushed?: boolean }[]} `isUnpushed`:
 *   without a socket, which would push the service's own state.
 */
export const STATES = [
  { name: "rounds not read", hash: "#/play", answers: { "GET /api/rounds": problem("internal", 500) }, shows: ["The rounds could not be read", "Reference", "Try again"] },
  { name: "no round is open", hash: "#/play", answers: { "GET /api/rounds": { status: 200, contentType: "application/json", body: '{"data":[],"nextCursor":null}' } }, shows: ["No round is open"] },
  { name: "ledger not read", hash: "#/wallet", answers: { "GET /api/wallet/ledger": problem("unavailable", 503) }, shows: ["The ledger could not be read", "Try again", "Reference"] },
  { name: "bet not found", hash: "#/bets/00000000-0000-8000-8000-000000000000", answers: {}, shows: ["There is no such bet"] },
  { name: "bet on a game not found", hash: "#/bets/00000000-0000-8000-8000-000000000000?of=game", answers: {}, shows: ["There is no such bet"] },
  { name: "blocked", hash: "#/wallet", answers: { "GET /api/wallet": problem("account-blocked", 403) }, shows: ["This account is blocked", "Write to support."] },
  {
    name: "excluded",
    hash: "#/play",
    answers: { "GET /api/exclusion": answer({ isExcluded: true, since: "2026-05-03T00:00:00Z", until: "2027-05-03T00:00:00Z", endsAt: null }) },
    act: (page) => page.locator("main h3 a").first().click(),
    shows: ["You have excluded yourself until 3 May 2027. You can withdraw at any time."],
  },
  { name: "over a limit", hash: "#/play", answers: refused("over-limit", 409, { field: "amount", detail: "Your limit of 100 a day for stakes leaves 4." }), act: bet, shows: ["Your limit of 100 a day for stakes leaves 4."] },
  { name: "insufficient balance", hash: "#/play", answers: refused("insufficient-balance", 400, { field: "amount" }), act: bet, shows: ["You have "] },
  { name: "account held", hash: "#/play", answers: refused("account-held", 403), act: bet, shows: ["Betting is on hold for your account."] },
  { name: "too many requests", hash: "#/play", answers: refused("too-many-requests", 429), act: bet, shows: ["Try again in 7 s."] },
  { name: "switched off", hash: "#/play", answers: refused("switched-off", 503, { detail: "Bets are switched off at present." }), act: bet, shows: ["Bets are switched off at present."] },
  { name: "paused since the page was opened", hash: "#/play", answers: refused("paused", 409, { detail: "The operators have paused betting." }), act: bet, shows: ["The operators have paused betting."] },
  {
    name: "bets paused",
    hash: "#/play",
    answers: { "GET /api/platform": platform({ bets: false, paused: ["bets"] }) },
    act: (page) => page.locator("main h3 a").first().click(),
    shows: ["Bets are paused. Bets already placed are still settled."],
  },
  { name: "all paused", hash: "#/wallet", answers: { "GET /api/platform": platform({ bets: false, deposits: false, withdrawals: false, paused: ["all"] }) }, shows: ["The platform is paused. Bets already placed are still settled."] },
  { name: "not answered in time", hash: "#/play", answers: refused("unavailable", 503), act: bet, shows: ["so nothing happens twice", "Reference"] },
  {
    name: "reality check",
    hash: "#/play",
    answers: {
      ...refused("reality-check-due", 409),
      "GET /api/limits": answer({
        limits: [
          { limitId: "stakes-day", kind: "stakes", period: "day", limit: null, used: 280.5, left: null, wanted: null },
          { limitId: "losses-day", kind: "losses", period: "day", limit: null, used: 59.9, left: null, wanted: null },
        ],
        realityCheck: { everyMinutes: 60, playingSince: "2026-11-28T10:02:00Z", dueAt: "2026-11-28T11:02:00Z" },
      }),
    },
    act: bet,
    shows: ["You have played since", "280.50", "59.90", "Take a break"],
  },
  { name: "games not read", hash: "#/play", answers: { "GET /api/games/active-periods": problem("internal", 500) }, shows: ["The games could not be read", "Reference", "Try again"] },
  { name: "no such game", hash: "#/room/nothing-30", answers: {}, shows: ["There is no game nothing-30", "See open rounds"] },
  { name: "results not read", hash: "#/room/{room}", answers: { "GET /api/games/*/*/history": problem("unavailable", 503) }, shows: ["The results could not be read", "Try again"] },
  {
    name: "jackpots",
    hash: "#/play",
    isUnpushed: true,
    answers: { "GET /api/live": { status: 200, contentType: "application/json", body: '{"events":[],"more":false}' }, "GET /api/jackpots": { status: 200, contentType: "application/json", body: JSON.stringify({ asOf: "2026-11-28T10:00:00Z", data: [["minor", 1204.16, 1500], ["mega", 512384.75, null]].map(([group, amount, mustHitBy]) => ({ group, amount, wins: 1, terms: { version: 1, since: "2026-11-01T00:00:00Z", startAmount: 1000, rate: 0.003, reserveRate: 0.001, odds: 1000000, mustHitBy }, lastWins: [{ number: 0, winAmount: 18240.5, at: "2026-11-27T10:00:00Z", cause: "drawn", periodId: null, betId: null }] })) }) } },
    shows: ["512,384.75", "Won before 1,500.00.", "Last win 18,240.50"],
  },
  { name: "bets not read", hash: "#/bets?kind=games", answers: { "GET /api/games/my-bets": problem("internal", 500) }, shows: ["Try again"] },
  {
    name: "orders in every state",
    hash: "#/wallet?orders=all",
    answers: {
      "GET /api/withdrawals": { status: 200, contentType: "application/json", body: JSON.stringify({ nextCursor: null, data: [["pending", true], ["pending", false], ["processing", false], ["completed", false], ["failed", false], ["cancelled", false]].map(([status, isHeld], index) => ({ orderId: `w${index}`, status, isHeld, amount: 40 + index, currency: "INR", payeeId: "p", createdAt: `2026-11-28T0${index}:00:00Z` })) }) },
      "GET /api/payees": answer([{ payeeId: "p", accountEndsWith: "5678", usableFrom: "2026-11-01T00:00:00Z" }]),
    },
    shows: ["In review", "Requested", "Being paid", "Paid", "Returned", "Cancelled", "The money is back in your balance."],
  },
  {
    name: "cancel a withdrawal",
    hash: "#/wallet",
    answers: { "GET /api/withdrawals": { status: 200, contentType: "application/json", body: JSON.stringify({ nextCursor: null, data: [{ orderId: "w", status: "pending", isHeld: false, amount: 40, currency: "INR", payeeId: "p", createdAt: "2026-11-28T01:00:00Z" }] }) }, "POST /api/withdrawals/w/cancel": problem("order-state", 409, { detail: "The withdrawal was sent already." }) },
    act: async (page) => {
      await page.getByRole("button", { name: "Cancel", exact: true }).click();
      await page.getByRole("button", { name: "Cancel the withdrawal" }).click();
    },
    shows: ["40.00 returns to your balance at once.", "The withdrawal was sent already."],
  },
  {
    name: "withdrawal refused",
    hash: "#/wallet",
    answers: { "GET /api/payees": answer([{ payeeId: "p", accountEndsWith: "5678", usableFrom: "2026-11-01T00:00:00Z" }]), "POST /api/withdrawals": problem("turnover-missing", 409, { detail: "You must stake 40 more before you can withdraw." }) },
    act: async (page) => {
      const form = page.locator("form[aria-labelledby=withdraw-title]");
      await form.getByLabel("Amount,").fill("1");
      await form.getByRole("button", { name: "Withdraw 1.00" }).click();
      await page.getByRole("dialog").getByRole("button", { name: "Withdraw 1.00" }).click();
    },
    shows: ["You must stake 40 more before you can withdraw."],
  },
  { name: "excluded, in the wallet", hash: "#/wallet", answers: { "GET /api/exclusion": answer({ isExcluded: true, since: "2026-05-03T00:00:00Z", until: "2027-05-03T00:00:00Z", endsAt: null }) }, shows: ["so you cannot deposit. You can withdraw at any time."] },
  { name: "excluded, in limits", hash: "#/limits", answers: { "GET /api/exclusion": answer({ isExcluded: true, since: "2026-05-03T00:00:00Z", until: "2026-11-03T00:00:00Z", endsAt: null }) }, shows: ["Ask for its end"] },
  { name: "limits not read", hash: "#/limits", answers: { "GET /api/limits": problem("internal", 500) }, shows: ["The limits could not be read", "Try again"] },
  {
    name: "a higher limit can be confirmed",
    hash: "#/limits",
    answers: { "GET /api/limits": answer({ limits: [{ limitId: "losses-day", kind: "losses", period: "day", limit: 100, used: 89.5, left: 10.5, wanted: { limit: null, from: "2026-01-01T00:00:00Z", until: "2099-01-01T00:00:00Z" } }], realityCheck: { everyMinutes: null, playingSince: null, dueAt: null } }) },
    shows: ["10.50", "You asked for no limit. Confirm it by", "Keep the current limit"],
  },
  { name: "identity is checked", hash: "#/me", answers: { "GET /api/identity": answer({ status: "pending" }), "GET /api/attendance": problem("internal", 500) }, shows: ["Being checked", "The days could not be read"] },
  {
    name: "friends",
    hash: "#/me",
    answers: { "GET /api/users/me/referrals": { status: 200, contentType: "application/json", body: JSON.stringify({ nextCursor: "c", data: [{ referredId: 87, level: 1, status: "active", recordedAt: "2026-11-26T10:00:00Z" }] }) } },
    shows: ["Player 87", "26 November 2026", "Show more"],
  },
  { name: "deposits refused", hash: "#/wallet", answers: { "POST /api/deposits": problem("too-many-open-deposits", 409, { detail: "You have 5 unpaid deposits. Pay one, or wait." }) }, act: (page) => page.getByRole("button", { name: "Open the pay page" }).click(), shows: ["You have 5 unpaid deposits."] },
  { name: "deposit of no amount", hash: "#/wallet", answers: {}, act: async (page) => {
    await page.locator("form[aria-labelledby=deposit-title]").getByLabel("Amount,").fill("ten");
    await page.getByRole("button", { name: "Open the pay page" }).click();
  }, shows: ["Type an amount above 0, such as 10 or 10.50"] },
  { name: "verification not read", hash: "#/verify/{bet}", answers: { "GET /api/rounds/*": problem("internal", 500) }, shows: ["The draw could not be read"] },
  {
    name: "verification failed",
    hash: "#/verify/{bet}",
    answers: { "GET /api/rounds/*": async (route) => {
      const real = await route.fetch();
      const text = await real.text();
      return route.fulfill({ response: real, body: text.replace(/"seedHash":"..../, '"seedHash":"0000') });
    } },
    shows: ["A step failed", "The seed does not have the hash", "Published by the round"],
  },
  { name: "no such period", hash: "#/verify/{room}-20200101000000001?of=game", answers: {}, shows: ["There is no such period"] },
  { name: "a period not read", hash: "#/verify/{room}-20200101000000001?of=game", answers: { "GET /api/games/*/*/period/*": problem("internal", 500) }, shows: ["The draw could not be read", "Try again"] },
  { name: "a period not drawn", hash: "#/verify/{room}-20200101000000001?of=game", answers: { "GET /api/games/*/*/period/*": period("CLOSED") }, shows: ["The seed is published with the result."] },
  { name: "a period cancelled", hash: "#/verify/{room}-20200101000000001?of=game", answers: { "GET /api/games/*/*/period/*": period("REFUNDED") }, shows: ["This period was cancelled", "every stake came back"] },
  { name: "a link with the name of an object", hash: "#/constructor", answers: {}, shows: ["Open rounds"] },
];

/** A past period without a result. @param {string} state */
function period(state) {
  const at = "2020-01-01T00:00:00Z";
  const verification = { hash: null, link: null, block: null, time: null, seedHash: "00".repeat(32), seed: null, message: null, entropy: "none", source: null, blockId: null, blockTime: null, signature: null };
  return answer({ gameType: "made_up", duration: 30, periodId: "20200101000000001", state, rules: 1, opensAt: at, closesAt: at, endsAt: at, result: null, verification });
}

/**
 * Puts these answers in place of the service's. A key is a method and a path; `*` stands for one part of it.
 * @param {import("playwright-core").Page} page @param {Record<string, any>} answers
 */
export async function answerWith(page, answers) {
  for (const [key, made] of Object.entries(answers)) {
    const [method, path] = key.split(" ");
    const pattern = new RegExp(`^${path.replace(/\*/g, "[^/]+")}$`);
    await page.route(
      (url) => pattern.test(url.pathname),
      (route) => {
        if (route.request().method() !== method) return route.fallback();
        return typeof made === "function" ? made(route) : route.fulfill(made);
      },
    );
  }
}
