// States of views that the service does not give on demand: its answers are put in its place.

/** @param {string} code @param {number} status @param {object} [more] */
const problem = (code, status, more = {}) => ({
  status,
  contentType: "application/problem+json",
  headers: status === 429 ? { "retry-after": "7" } : {},
  body: JSON.stringify({ type: `urn:evens:problem:${code}`, code, title: "Title", detail: "What happened, and what to do.", requestId: "01a27c4e-90b1-4c11-8e1f-000000000000", ...more }),
});

/** @param {object} data */
const answer = (data) => ({ status: 200, contentType: "application/json", body: JSON.stringify({ data }) });

/** Opens the first round and places a bet of 10. @param {import("playwright-core").Page} page */
async function bet(page) {
  await page.locator("main h3 a").first().click();
  await page.getByRole("button", { name: "Bet 10.00 on A" }).click();
}

const refused = (code, status, more) => ({ "POST /api/bets": problem(code, status, more) });

/**
 * @type {{ name: string, hash: string, answers: Record<string, object>, act?: (page: import("playwright-core").Page) => Promise<void>, shows: string[] }[]}
 */
export const STATES = [
  { name: "rounds not read", hash: "#/play", answers: { "GET /api/rounds": problem("internal", 500) }, shows: ["The rounds could not be read", "Reference", "Try again"] },
  { name: "no round is open", hash: "#/play", answers: { "GET /api/rounds": { status: 200, contentType: "application/json", body: '{"data":[],"nextCursor":null}' } }, shows: ["No round is open"] },
  { name: "ledger not read", hash: "#/wallet", answers: { "GET /api/wallet/ledger": problem("unavailable", 503) }, shows: ["The ledger could not be read", "Try again", "Reference"] },
  { name: "bet not found", hash: "#/bets/00000000-0000-8000-8000-000000000000", answers: {}, shows: ["There is no such bet"] },
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
  { name: "deposits refused", hash: "#/wallet", answers: { "POST /api/deposits": problem("too-many-open-deposits", 409, { detail: "You have 5 unpaid deposits. Pay one, or wait." }) }, act: (page) => page.getByRole("button", { name: "Open the pay page" }).click(), shows: ["You have 5 unpaid deposits."] },
  { name: "deposit of no amount", hash: "#/wallet", answers: {}, act: async (page) => {
    await page.getByLabel("Amount,").fill("ten");
    await page.getByRole("button", { name: "Open the pay page" }).click();
  }, shows: ["Type an amount, such as 10 or 10.50."] },
  { name: "verification not read", hash: "#/verify/{bet}", answers: { "GET /api/rounds/*": problem("internal", 500) }, shows: ["The draw could not be read"] },
  {
    name: "verification failed",
    hash: "#/verify/{bet}",
    answers: { "GET /api/rounds/*": async (route) => {
      const real = await route.fetch();
      const text = await real.text();
      return route.fulfill({ response: real, body: text.replace(/"seedHash":"..../, '"seedHash":"0000') });
    } },
    shows: ["A step failed", "The seed does not have the hash", "Told by the round"],
  },
];

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
