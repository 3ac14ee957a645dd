// States of the wallet, the limits and the account.

import { answer, excluded, json, limits, problem, withdrawals } from "./answers.mjs";

/** @param {import("playwright-core").Page} page */
const blockNewTabs = (page) =>
  page.evaluate(() => {
    window.open = () => null;
  });

const PAYEES = answer([{ payeeId: "p", accountEndsWith: "5678", usableFrom: "2026-11-01T00:00:00Z" }]);

/**
 * The button of the deposit's form; open deposits have buttons of their own.
 * @param {import("playwright-core").Page} page
 */
const payButton = (page) =>
  page.locator("form[aria-labelledby=deposit-title]").getByRole("button", { name: "Open the pay page" });

/** @type {import("./states.mjs").State[]} */
export const ACCOUNT_STATES = [
  {
    name: "orders in every state",
    hash: "#/wallet?orders=all",
    answers: {
      "GET /api/withdrawals": withdrawals(
        [
          ["pending", true],
          ["pending", false],
          ["processing", false],
          ["completed", false],
          ["failed", false],
          ["cancelled", false],
        ].map(([status, isHeld], index) => {
          return { orderId: `w${index}`, status, isHeld, amount: 40 + index, createdAt: `2026-11-28T0${index}:00:00Z` };
        }),
      ),
      "GET /api/payees": PAYEES,
    },
    shows: [
      "In review",
      "Requested",
      "Being paid",
      "Paid",
      "Returned",
      "Cancelled",
      "The money is back in your balance.",
    ],
  },
  {
    name: "a held withdrawal says why and until when",
    hash: "#/wallet",
    answers: {
      "GET /api/withdrawals": withdrawals([
        {
          isHeld: true,
          holdReasons: ["new-payee", "large"],
          amount: 150,
          createdAt: new Date(Date.now() - 3_600_000).toISOString(),
        },
      ]),
      "GET /api/payees": PAYEES,
    },
    shows: ["The bank account is new. The amount is large.", "our staff are alerted", "Cancel the withdrawal"],
  },
  {
    name: "the browser blocks the pay page",
    hash: "#/wallet",
    answers: {},
    act: async (page) => {
      await blockNewTabs(page);
      await payButton(page).click();
    },
    shows: ["Your browser blocked the new tab. The deposit of 500.00 is open until"],
  },
  {
    name: "the browser blocks the pay page of an open deposit",
    hash: "#/wallet",
    answers: {},
    act: async (page) => {
      await blockNewTabs(page);
      await page
        .getByRole("region", { name: "Deposits and withdrawals" })
        .getByRole("button", { name: "Open the pay page 500.00" })
        .first()
        .click();
    },
    shows: ["Your browser blocked the new tab. The deposit of 500.00 is open until"],
  },
  {
    name: "cancel a withdrawal",
    hash: "#/wallet",
    answers: {
      "GET /api/withdrawals": withdrawals([{}]),
      "POST /api/withdrawals/w/cancel": problem("order-state", 409, { detail: "The withdrawal was sent already." }),
    },
    act: async (page) => {
      await page.getByRole("button", { name: "Cancel", exact: true }).click();
      await page.getByRole("button", { name: "Cancel the withdrawal" }).click();
    },
    shows: ["40.00 returns to your balance at once.", "The withdrawal was sent already."],
  },
  {
    name: "withdrawal refused",
    hash: "#/wallet",
    answers: {
      "GET /api/payees": PAYEES,
      "POST /api/withdrawals": problem("turnover-missing", 409, {
        detail: "You must stake 40 more before you can withdraw.",
      }),
    },
    act: async (page) => {
      const form = page.locator("form[aria-labelledby=withdraw-title]");
      await form.getByLabel("Amount,").fill("1");
      await form.getByRole("button", { name: "Withdraw 1.00" }).click();
      await page.getByRole("dialog").getByRole("button", { name: "Withdraw 1.00" }).click();
    },
    shows: ["You must stake 40 more before you can withdraw."],
  },
  {
    name: "excluded, in the wallet",
    hash: "#/wallet",
    answers: { "GET /api/exclusion": excluded("2027-05-03T00:00:00Z") },
    shows: ["so you cannot deposit. You can withdraw at any time."],
  },
  {
    name: "excluded, in limits",
    hash: "#/limits",
    answers: { "GET /api/exclusion": excluded("2026-11-03T00:00:00Z") },
    shows: ["Ask for its end"],
  },
  {
    name: "limits not read",
    hash: "#/limits",
    answers: { "GET /api/limits": problem("internal", 500) },
    shows: ["The limits could not be read", "Try again"],
  },
  {
    name: "sums that began within their period",
    hash: "#/limits",
    answers: {
      "GET /api/limits": limits([
        { limitId: "losses-0", period: "week", countedSince: "2025-11-20T10:30:00Z" },
        { limitId: "losses-1", period: "month", countedSince: "2025-11-20T10:30:00Z", limit: 100, left: 92.5 },
      ]),
    },
    shows: ["No limit. 7.50 so far", "Counted since 20 Nov 2025, 10:30."],
  },
  {
    name: "a higher limit can be confirmed",
    hash: "#/limits",
    answers: {
      "GET /api/limits": limits([
        {
          limit: 100,
          used: 89.5,
          left: 10.5,
          wanted: { limit: null, from: "2026-01-01T00:00:00Z", until: "2099-01-01T00:00:00Z" },
        },
      ]),
    },
    shows: ["10.50", "You asked for no limit. Confirm it by", "Keep the current limit"],
  },
  {
    name: "identity is checked",
    hash: "#/me",
    answers: { "GET /api/identity": answer({ status: "pending" }), "GET /api/attendance": problem("internal", 500) },
    shows: ["Being checked", "The days could not be read"],
  },
  {
    name: "friends",
    hash: "#/me",
    answers: {
      "GET /api/users/me/referrals": json({
        nextCursor: "c",
        data: [{ referredId: 87, level: 1, status: "active", recordedAt: "2026-11-26T10:00:00Z" }],
      }),
    },
    shows: ["Player 87", "26 November 2026", "Show more"],
  },
  {
    name: "deposits refused",
    hash: "#/wallet",
    answers: {
      "POST /api/deposits": problem("too-many-open-deposits", 409, {
        detail: "You have 5 unpaid deposits. Pay one, or wait.",
      }),
    },
    act: (page) => payButton(page).click(),
    shows: ["You have 5 unpaid deposits."],
  },
  {
    name: "deposit of no amount",
    hash: "#/wallet",
    answers: {},
    act: async (page) => {
      await page.locator("form[aria-labelledby=deposit-title]").getByLabel("Amount,").fill("ten");
      await payButton(page).click();
    },
    shows: ["Type an amount above 0, such as 10 or 10.50"],
  },
];
