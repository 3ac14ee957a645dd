// Answers that are put in place of the service's.

/** @param {string} code @param {number} status @param {object} [more] */
export const problem = (code, status, more = {}) => ({
  status,
  contentType: "application/problem+json",
  headers: status === 429 ? { "retry-after": "7" } : {},
  body: JSON.stringify({
    type: `urn:evens:problem:${code}`,
    code,
    title: "Title",
    detail: "What happened, and what to do.",
    requestId: "01a27c4e-90b1-4c11-8e1f-000000000000",
    ...more,
  }),
});

/** @param {object} body */
export const json = (body) => ({ status: 200, contentType: "application/json", body: JSON.stringify(body) });

/** @param {object} data */
export const answer = (data) => json({ data });

/** A player who has excluded themselves. @param {string} until */
export const excluded = (until) => answer({ isExcluded: true, since: "2026-05-03T00:00:00Z", until, endsAt: null });

const LIMIT = { limitId: "losses-day", kind: "losses", period: "day", limit: null, used: 7.5, countedSince: null };
const NO_CHECK = { everyMinutes: null, playingSince: null, dueAt: null };

/**
 * Limits of a player.
 * @param {object[]} some The attributes in which each differs from no limit a day. @param {object} [realityCheck]
 */
export const limits = (some, realityCheck = NO_CHECK) =>
  answer({ limits: some.map((one) => ({ ...LIMIT, left: null, wanted: null, ...one })), realityCheck });

/** The withdrawals of a player. @param {object[]} some The attributes in which each differs from a requested one. */
export const withdrawals = (some) => {
  const requested = { orderId: "w", status: "pending", isHeld: false, amount: 40, currency: "INR", payeeId: "p" };
  return json({
    nextCursor: null,
    data: some.map((one) => ({ ...requested, createdAt: "2026-11-28T01:00:00Z", ...one })),
  });
};

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
