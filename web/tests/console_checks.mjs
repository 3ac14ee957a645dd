// Checks of the console that need no story before them: the figures of Overview, a complaint, and roles by acts.

import { shiftClock, translate } from "./browser.mjs";
import { ACTS, mayAct } from "../console/acts/index.js";
import { console as texts } from "../i18n/console.js";
import { SIZES } from "./looks.mjs";

/** @typedef {import("playwright-core").Page} Page */

/** Ids that nothing has, so that an act that is let through changes nothing. */
const UNKNOWN = "00000000-0000-8000-8000-000000000000";
const SUBJECT = {
  roundId: "unknown-round",
  matchId: UNKNOWN,
  betId: UNKNOWN,
  orderId: UNKNOWN,
  paymentId: UNKNOWN,
  reference: "unknown",
  userId: "999999999",
  group: "unknown",
  version: "1",
  gameType: "wingo",
  duration: "30",
  periodId: "1",
  id: `refund:${UNKNOWN}`,
  ids: [`refund:${UNKNOWN}`],
  filter: { queue: "match" },
  count: "1",
  switch: "unknown",
};
const VALUES = {
  reason: "r",
  opId: "x",
  kind: "credit",
  amount: "1",
  status: "verified",
  userId: "999999999",
  roundId: "table",
  draw: "match",
  startAmount: "1",
  rate: "0.01",
  reserveRate: "0.01",
  odds: "1000",
  provider: "unknown",
  day: "2026-01-05",
};

/** The first request of an act: method, path and body. @param {string} name */
async function requestOf(name) {
  /** @type {[string, string, object | undefined][]} */
  const sent = [];
  const send = (/** @type {string} */ method) => async (/** @type {string} */ path, /** @type {object} */ body) => {
    sent.push([method, path, body]);
    return { data: [] };
  };
  await ACTS[name].send(
    /** @type {any} */ ({ post: send("POST"), patch: send("PATCH"), upload: send("POST") }),
    SUBJECT,
    VALUES,
    new File(["x"], "x.csv"),
  );
  return sent[0];
}

/**
 * Each act's request by each role; the rows in which the server and the buttons differ.
 * @param {{ ask: Function, people: { role: string, token: string }[] }} parts
 */
export async function rolesByActs({ ask, people }) {
  const differing = [];
  for (const name of Object.keys(ACTS)) {
    const [method, path, body] = await requestOf(name);
    for (const { role, token } of people) {
      const { status } = await ask(method, path, body, token);
      if ((status !== 403) !== mayAct(name, role)) differing.push(`${name} as ${role}: ${status}`);
    }
  }
  return differing;
}

/** The verbs of acts on the page that a role may not do. @param {Page} page @param {string} role */
export async function forbiddenButtons(page, role) {
  const verbs = (/** @type {boolean} */ isAllowed) =>
    Object.keys(ACTS)
      .filter((name) => mayAct(name, role) === isAllowed)
      .map((name) => texts[`act.${name}.verb`]);
  const shown = await page.locator("main button").allInnerTexts();
  return shown.filter((text) => verbs(false).includes(text.trim()) && !verbs(true).includes(text.trim()));
}

/** Lets no socket through from the next load on, so that the page polls. @param {Page} page */
export const withoutSocket = (page) => page.routeWebSocket("**/live", (socket) => socket.close());

/** The samples of `/metrics` by series. @param {string} url */
async function scrape(url) {
  const lines = (await (await fetch(url)).text()).split("\n").filter((line) => line && !line.startsWith("#"));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(" ")), Number(line.slice(line.lastIndexOf(" ") + 1))]),
  );
}

/** @param {Map<string, number>} samples @param {RegExp} series */
const sumOf = (samples, series) =>
  [...samples].filter(([name]) => series.test(name)).reduce((sum, [, value]) => sum + value, 0);

const amount = (/** @type {number} */ value) =>
  value.toLocaleString("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 });

/** The figures of Overview as `/metrics` has them. @param {string} url */
async function figuresOf(url) {
  const samples = await scrape(url);
  const money = (/** @type {string} */ type) =>
    amount(sumOf(samples, new RegExp(`^evens_money_moved_total\\{type="${type}"`)));
  return {
    Bets: String(
      sumOf(samples, /^evens_http_requests_total\{method="POST",route="\/api\/(bets|games\/[^"]*\/bet)",status="2/),
    ),
    "Matches settled": String(sumOf(samples, /^evens_draws_total/)),
    Requests: String(sumOf(samples, /^evens_http_requests_total/)),
    Debited: money("DEBIT"),
    Credited: money("CREDIT"),
    Refunded: money("REFUND"),
  };
}

/**
 * The figures of Overview since the start of the process.
 * @param {Page} page @returns {Promise<Record<string, string>>}
 */
const shownFigures = (page) =>
  page.locator("section[aria-labelledby=totals-title]").evaluate((section) => {
    const stats = [...section.querySelectorAll(".stat")];
    // A figure is the text beside its unit.
    const figure = (/** @type {Element} */ stat) =>
      [...(stat.querySelector("dd")?.childNodes ?? [])].filter(({ nodeType }) => nodeType === Node.TEXT_NODE);
    const text = (/** @type {Element} */ stat) =>
      figure(stat)
        .map(({ textContent }) => textContent)
        .join("")
        .trim();
    return Object.fromEntries(stats.map((stat) => [stat.querySelector("dt")?.textContent?.trim(), text(stat)]));
  });

/** An hour of traffic by minute, as the API writes it. */
function hourOfTraffic() {
  const now = Math.floor(Date.now() / 60_000) * 60_000;
  return Array.from({ length: 60 }, (_, index) => {
    const wave = 1 + Math.sin(index / 7) * 0.4 + (index % 5) * 0.05;
    const at = (/** @type {number} */ minute) => new Date(now - (60 - minute) * 60_000).toISOString();
    return {
      from: at(index),
      to: at(index + 1),
      bets: Math.round(5_000 * wave),
      matches: Math.round(2_400 * wave),
      requests: Math.round(9_000 * wave),
      errors: 0,
      p50Micros: Math.round(2_900 * wave),
      p95Micros: Math.round(11_000 * wave),
      p99Micros: Math.round(21_000 * wave),
      moneyMoved: {
        debit: (51_000 * wave).toFixed(2),
        credit: (48_500 * wave).toFixed(2),
        refund: (2_200 * wave).toFixed(2),
        payout: "0",
      },
    };
  });
}

/**
 * The traffic in Overview.
 * @param {{ check: Function, expect: Function, look: ReturnType<typeof import("./looks.mjs").looks>, metrics: string,
 *   loggedIn: () => Promise<Page> }} parts
 */
export async function trafficChecks({ check, expect, look, metrics, loggedIn }) {
  await check("the numbers of Overview are those of /metrics at that moment", async () => {
    const page = await loggedIn();
    await page.getByRole("heading", { name: /^Since / }).waitFor();
    await page.getByText("Table, queues and jackpots answer").waitFor();
    const before = await figuresOf(metrics);
    await page.reload();
    await page.getByRole("heading", { name: /^Since / }).waitFor();
    const { Requests: requests, ...shown } = await shownFigures(page);
    const { Requests: latest, ...after } = await figuresOf(metrics);
    expect(JSON.stringify(shown) === JSON.stringify(after), `${JSON.stringify(shown)} and ${JSON.stringify(after)}`);
    expect(Number(shown.Bets) > 0 && shown.Credited !== "0.00", JSON.stringify(shown));
    expect(
      Number(before.Requests) <= Number(requests) && Number(requests) <= Number(latest),
      `${before.Requests}, ${requests}, ${latest}`,
    );
    await page.context().close();
  });

  await check(
    "traffic is drawn by minute, with the same numbers as a table; on AWS the page points to CloudWatch",
    async () => {
      const page = await loggedIn();
      const minutes = hourOfTraffic();
      await page.route("**/api/operator/metrics/minutes", (route) =>
        route.fulfill({ status: 200, contentType: "application/json", body: JSON.stringify({ data: minutes }) }),
      );
      await page.reload();
      await page.locator("line-chart canvas").nth(2).waitFor();
      await look.at(page, "overview-charts");
      await page.getByRole("button", { name: "Show as a table" }).click();
      const rows = page.getByRole("table", { name: "Traffic by minute" }).getByRole("row");
      await rows.nth(minutes.length).waitFor();
      expect(
        (await rows.nth(1).innerText()).includes(String(Math.round((minutes.at(-1)?.bets ?? 0) / 60))),
        await rows.nth(1).innerText(),
      );
      await look.at(page, "overview-table", SIZES, ["light"]);
      await withoutSocket(page);
      const off = { type: "urn:evens:problem:switched-off", code: "switched-off", title: "", detail: "" };
      await page.route(/\/api\/operator\/metrics/, (route) =>
        route.fulfill({ status: 503, contentType: "application/problem+json", body: JSON.stringify(off) }),
      );
      await page.reload();
      await page.getByRole("heading", { name: "CloudWatch has the numbers" }).waitFor();
      await look.at(page, "overview-cloudwatch", SIZES, ["light"]);
      await page.context().close();
    },
  );
}

/**
 * Two players who bet against each other again and again. The winner of most matches has a card.
 * @param {{ check: Function, expect: Function, look: ReturnType<typeof import("./looks.mjs").looks>, done: Function,
 *   go: Function, pair: { userId: string, token: string }[], loggedIn: () => Promise<Page> }} parts
 */
export async function opponentChecks({ check, expect, look, done, go, pair, loggedIn }) {
  await check("a cashier sees whom a player met again and again", async () => {
    const page = await loggedIn();
    const card = page.getByRole("region", { name: "Repeated opponents", exact: true });
    const visit = async (/** @type {string} */ userId) => {
      const loaded = page.waitForResponse((response) => response.url().endsWith(`/users/${userId}/opponents`));
      await go(page, `#/users/${userId}`);
      const { data } = await (await loaded).json();
      await page.getByRole("heading", { name: "Money and identity" }).waitFor();
      return data;
    };
    expect(
      (await visit(pair[0].userId)).length === 0 && (await card.count()) === 0,
      "a card without a repeated opponent",
    );
    for (let match = 0; match < 8; match += 1) {
      for (const [number, side] of ["A", "B"].entries())
        await done("POST", "/api/bets", { roundId: "pairs", side, amount: "2" }, pair[number].token);
    }
    const locked = async (/** @type {{ token: string }} */ { token }) =>
      Number((await done("GET", "/api/wallet", undefined, token)).body.data.lockedBalance);
    for (const deadline = Date.now() + 30_000; (await locked(pair[0])) > 0;) {
      expect(Date.now() < deadline, "a match was not paid");
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
    let shown = 0;
    // The player whose page is open was read before the matches.
    for (const number of [1, 0]) {
      const listed = await visit(pair[number].userId);
      if (listed.length === 0) continue;
      await card.getByRole("link", { name: pair[1 - number].userId }).waitFor();
      await look.at(page, "user-opponents");
      shown += 1;
    }
    expect(shown > 0, "no card");
    await page.context().close();
  });
}

/**
 * Pauses of the stage in Overview.
 * @param {{ check: Function, expect: Function, look: ReturnType<typeof import("./looks.mjs").looks>,
 *   loggedIn: () => Promise<Page>, bet: () => Promise<{ status: number, body: any }> }} parts
 */
export async function switchChecks({ check, expect, look, loggedIn, bet }) {
  await check("bets are paused and allowed again, with a reason in the audit log", async () => {
    const page = await loggedIn();
    const row = page.getByRole("row", { name: /^Bets/ });
    await row.getByRole("button", { name: "Pause: Bets" }).click();
    await page.getByText("New bets are refused.").waitFor();
    await look.at(page, "switch-dialog");
    await page.getByLabel("Reason, for the audit log").fill("results are in doubt");
    await page.getByRole("button", { name: "Pause", exact: true }).click();
    await page.getByText("Paused: Bets. It is a line of the audit log.").first().waitFor();
    await page.locator(".view-head").getByText("Paused: Bets").waitFor();
    await row.getByText("results are in doubt").waitFor();
    await look.at(page, "overview-paused");
    const { status, body } = await bet();
    expect(status === 409 && body.code === "paused", `${status} ${JSON.stringify(body)}`);
    await row.getByRole("button", { name: "Allow again: Bets" }).click();
    await page.getByLabel("Reason, for the audit log").fill("they are not");
    await page.getByRole("button", { name: "Allow again", exact: true }).click();
    await row.getByText("they are not").waitFor();
    await page.context().close();
  });
}

/**
 * A translated console shows what it acts on.
 * @param {{ check: Function, loggedIn: () => Promise<Page>, go: (page: Page, hash: string) => Promise<void>,
 *   done: Function, operator: { token: string }, player: { token: string } }} parts
 */
async function translatedChecks({ check, loggedIn, go, done, operator, player }) {
  await check("a translated console shows the act and the amounts of now", async () => {
    for (const roundId of ["spoken", "unspoken"]) await done("POST", "/api/rounds", { roundId }, operator.token);
    const page = await loggedIn();
    await go(page, "#/rounds/spoken");
    await page.getByRole("button", { name: "Cancel the round" }).click();
    await page.getByRole("heading", { name: "Cancel round spoken?" }).waitFor();
    await translate(page);
    await page.getByRole("dialog").getByRole("button", { name: "Cancel", exact: true }).click();
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await go(page, "#/rounds/unspoken");
    await translate(page);
    await done("POST", "/api/bets", { roundId: "unspoken", side: "A", amount: "41" }, player.token);
    await page.getByText("41.00").first().waitFor();
    await translate(page);
    await done("POST", "/api/bets", { roundId: "unspoken", side: "A", amount: "2" }, player.token);
    await page.getByText("43.00").first().waitFor();
    await page.getByRole("button", { name: "Close", exact: true }).first().click();
    await page.getByRole("heading", { name: "Close round unspoken?" }).waitFor();
    await page.getByRole("dialog").getByRole("button", { name: "Close", exact: true }).waitFor();
    await page.context().close();
  });
}

/**
 * A wrong clock of a cashier's machine makes no order older.
 * @param {{ check: Function, expect: Function, opened: () => Promise<Page>, loggedIn: (page: Page) => Promise<Page>,
 *   go: (page: Page, hash: string) => Promise<void>, done: Function, player: { token: string } }} parts
 */
async function clockedChecks({ check, expect, opened, loggedIn, go, done, player }) {
  await check("an order waits as long as it does by the clock of the server", async () => {
    const payee = await done("POST", "/api/payees", { account: `CLOCK-${Date.now()}` }, player.token);
    const order = await done(
      "POST",
      "/api/withdrawals",
      { amount: "6", payeeId: payee.body.data.payeeId },
      player.token,
    );
    const page = await opened();
    await shiftClock(page, 600_000);
    await page.reload();
    await loggedIn(page);
    await go(page, "#/withdrawals");
    const { orderId } = order.body.data;
    const age = page.locator(`tr:has(a[href*="${orderId}"]) td time`).last();
    await age.waitFor();
    expect(/^\d+ s$/.test(await age.innerText()), `requested a moment ago, not ${await age.innerText()}`);
    await page.context().close();
    await done("POST", `/api/withdrawals/${orderId}/cancel`, {}, player.token);
  });
}

/**
 * Browsers that differ from most: translated, and with a wrong clock.
 * @param {any} parts Of both, and the operator and the cashier.
 */
export async function strangeBrowserChecks({ loggedIn, cashier, operator, ...parts }) {
  await translatedChecks({ ...parts, operator, loggedIn: () => loggedIn(operator) });
  await clockedChecks({ ...parts, loggedIn: (page) => loggedIn(cashier, page) });
}
