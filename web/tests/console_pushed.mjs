// What is pushed to the console, and the views of it: numbers, orders that wait for a cashier, sockets, jobs of queues
// by minute.

import { withoutSocket } from "./console_checks.mjs";
import { SIZES } from "./looks.mjs";

/** @typedef {import("playwright-core").Page} Page */

/** Requests that events replace. */
const POLLED = /\/health$|\/api\/operator\/(metrics|queues|sockets|withdrawals|deposits)(\?|$)/;

/** The hour of a queue's jobs, as the API writes it. */
function hourOfJobs() {
  const now = Math.floor(Date.now() / 60_000) * 60_000;
  const minutes = Array.from({ length: 60 }, (_, index) => new Date(now - (59 - index) * 60_000).toISOString());
  const wave = (/** @type {number} */ size, /** @type {number} */ pace) =>
    minutes.map((_, index) => Math.round(size * (1 + Math.sin(index / pace) * 0.5 + (index % 4) * 0.06)));
  const none = minutes.map(() => 0);
  return (/** @type {string[]} */ queues) => ({
    minutes,
    queues: queues.map((queue, index) => ({
      queue,
      completed: index % 3 === 2 ? none : wave(40 + 90 * index, 5 + index),
      failed: index === 1 ? none.with(59, 2) : none,
    })),
  });
}

/** @param {Page} page @param {string} label */
const figure = (page, label) =>
  page
    .locator(".stat", { has: page.locator("dt", { hasText: label }) })
    .locator("dd")
    .first();

/**
 * @typedef {{ check: Function, expect: Function, look: ReturnType<typeof import("./looks.mjs").looks>, done: Function,
 *   go: (page: Page, hash: string) => Promise<void>, operator: () => Promise<Page>, cashier: () => Promise<Page>,
 *   player: { token: string, userId: string }, opponent: { token: string } }} Parts
 */

/** @param {Parts} parts */
export async function pushedChecks(parts) {
  await arrivalChecks(parts);
  await liveViewChecks(parts);
}

/** @param {Parts} parts */
async function arrivalChecks({ check, expect, done, go, operator, cashier, player, opponent }) {
  await check("numbers of Overview are pushed, and without a socket they are polled", async () => {
    const page = await operator();
    await page.locator(".link").getByText("live").waitFor();
    // Whatever is shown from now on was pushed.
    await page.route(POLLED, (route) => route.abort());
    const totals = page.locator("section[aria-labelledby=totals-title]");
    const before = Number(await totals.locator(".stat", { hasText: "Bets" }).locator("dd").innerText());
    await done("POST", "/api/bets", { roundId: "pushed", side: "A", amount: "5" }, player.token);
    await totals
      .locator(".stat", { hasText: "Bets" })
      .getByText(String(before + 1), { exact: true })
      .waitFor({ timeout: 5_000 });
    expect(Number(await figure(page, "Sockets").innerText()) > 0, "this page has a socket");
    await page.unrouteAll({ behavior: "ignoreErrors" });
    await withoutSocket(page);
    await page.reload();
    await page.locator(".link").getByText("every 5 s").waitFor();
    await done("POST", "/api/bets", { roundId: "pushed", side: "A", amount: "5" }, player.token);
    await totals
      .locator(".stat", { hasText: "Bets" })
      .getByText(String(before + 2), { exact: true })
      .waitFor({ timeout: 8_000 });
    await page.context().close();
  });

  await check("a withdrawal that is held appears at a cashier without polling", async () => {
    const page = await cashier();
    await page.locator(".link").getByText("live").waitFor();
    const held = async () => Number((await figure(page, "Held withdrawals").innerText()).replace("+", ""));
    const before = await held();
    const payee = await done("POST", "/api/payees", { account: "IN87654321" }, opponent.token);
    await done("POST", "/api/withdrawals", { amount: "7", payeeId: payee.body.data.payeeId }, opponent.token);
    await figure(page, "Held withdrawals")
      .getByText(String(before + 1), { exact: true })
      .waitFor({ timeout: 4_000 });
    await go(page, "#/withdrawals");
    await page.getByRole("link", { name: "7.00", exact: true }).waitFor();
    await page.context().close();
  });
}

/** @param {Parts} parts */
async function liveViewChecks({ check, expect, look, done, go, operator, cashier, player }) {
  await check("sockets are shown by role, room and reason", async () => {
    const page = await operator();
    await go(page, "#/sockets");
    await page
      .getByRole("table", { name: "Open, by role" })
      .getByRole("row", { name: /^Operator/ })
      .waitFor();
    await page
      .getByRole("table", { name: "Ended, by reason" })
      .getByRole("row", { name: /^The client left/ })
      .waitFor();
    await look.at(page, "sockets");
    const off = { type: "urn:evens:problem:switched-off", code: "switched-off", title: "", detail: "" };
    await withoutSocket(page);
    await page.route("**/api/operator/sockets", (route) =>
      route.fulfill({ status: 503, contentType: "application/problem+json", body: JSON.stringify(off) }),
    );
    await page.reload();
    await page.getByRole("heading", { name: "There is no live channel here" }).waitFor();
    await page.context().close();
  });

  await check("the jobs of queues are drawn by minute, with the same numbers as a table", async () => {
    const page = await operator();
    const hour = hourOfJobs();
    await page.route("**/api/operator/queues/minutes", async (route) => {
      const real = await (await route.fetch()).json();
      const names = real.data.queues.map((/** @type {{ queue: string }} */ { queue }) => queue);
      return route.fulfill({
        status: 200,
        contentType: "application/json",
        body: JSON.stringify({ data: hour(names) }),
      });
    });
    await go(page, "#/queues");
    await page.locator(".spark").nth(5).waitFor();
    await look.at(page, "queues-lines");
    await page.getByRole("button", { name: "Show as a table" }).click();
    await page.getByRole("table", { name: "Jobs done by minute" }).getByRole("row").nth(60).waitFor();
    await page.context().close();
  });

  await check("the current period of each room is listed, and leads to its stakes", async () => {
    const page = await operator();
    await go(page, "#/periods");
    const room = page.getByRole("link", { name: "Wingo 30 s" });
    await room.waitFor();
    await look.at(page, "periods", SIZES, ["light"]);
    await room.click();
    await page.getByRole("heading", { name: "Wingo 30 s" }).waitFor();
    await look.at(page, "period");
    await page.context().close();
  });

  await check("a player's bets on games are listed, and no list of bets scrolls sideways", async () => {
    const isOpen = (/** @type {any} */ one) =>
      one.gameType === "wingo" && one.seedHash && Date.parse(one.closesAt) > Date.now() + 5_000;
    // Every few minutes the periods of all rooms end at once.
    let open;
    for (const until = Date.now() + 20_000; !open && Date.now() < until;)
      open = (await done("GET", "/api/games/active-periods")).body.data.find(isOpen);
    const { duration, periodId } = open;
    await done(
      "POST",
      `/api/games/wingo/${duration}/bet`,
      { periodId, betType: "PARITY", betValue: "odd", betAmount: 10 },
      player.token,
    );
    const page = await cashier();
    for (const [part, row] of [
      ["gameBets", /Odd/],
      ["bets", /Unmatched|pushed/],
    ]) {
      await go(page, `#/users/${player.userId}?part=${part}`);
      await page.getByRole("row").filter({ hasText: row }).first().waitFor();
      await look.at(page, `user-${part}`);
      await page.setViewportSize({ width: 1280, height: 900 });
      const [wide, seen] = await page
        .locator(".main .scroll")
        .first()
        .evaluate((scroll) => [scroll.scrollWidth, scroll.clientWidth]);
      expect(wide <= seen, `${part}: ${wide} > ${seen}`);
    }
    await page.context().close();
  });
}
