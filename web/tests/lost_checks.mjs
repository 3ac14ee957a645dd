// Checks of answers that are lost on their way: the service has the request, and the page does not know it.

import { check, expect, lookAtAll, SIZES } from "./look.mjs";

/** @typedef {import("playwright-core").Page} Page */

/**
 * Loses the answers to a request after the service has carried it out, or the request itself.
 * @param {Page} page @param {RegExp} path
 * @param {{ isSent?: boolean, times?: number, until?: Promise<void> }} [how] `isSent`: the service gets it. `until`: the
 *   requests after those wait for it.
 * @returns {Promise<{ keys: string[], stop: () => Promise<void> }>} The keys of the lost requests.
 */
async function lose(page, path, { isSent = true, times = Infinity, until } = {}) {
  /** @type {string[]} */
  const keys = [];
  const matches = (/** @type {URL} */ url) => path.test(url.pathname);
  // Nor can it be looked for meanwhile.
  const looks = (/** @type {URL} */ url) => /^\/api\/bets\/[^/]+$/.test(url.pathname);
  if (times === Infinity) await page.route(looks, (route) => route.abort("connectionreset"));
  await page.route(matches, async (route) => {
    if (route.request().method() !== "POST") return route.fallback();
    if (keys.length >= times) return void (await until, await route.fallback());
    keys.push(route.request().headers()["idempotency-key"]);
    if (isSent) await route.fetch();
    return route.abort("connectionreset");
  });
  const stop = async () => void (await Promise.all([page.unroute(matches), page.unroute(looks)]));
  return { keys, stop };
}

/** A promise, and what fulfils it. */
function gate() {
  /** @type {() => void} */
  let open = () => {};
  /** @type {Promise<void>} */
  const opened = new Promise((resolve) => (open = resolve));
  return { opened, open };
}

/** The keys with which the page asks from now on. @param {Page} page @param {RegExp} path */
function keysOf(page, path) {
  /** @type {string[]} */
  const keys = [];
  page.on(
    "request",
    (request) =>
      path.test(new URL(request.url()).pathname) &&
      request.method() === "POST" &&
      keys.push(request.headers()["idempotency-key"]),
  );
  return keys;
}

/** @param {{ page: Page, go: (hash: string, text?: string) => Promise<void>, room: string }} parts */
export async function lostChecks({ page, go, room }) {
  const card = page.locator(".unknown");
  const bets = page.locator("[aria-labelledby=mine] li");

  /** Opens a round in which the player has no bet. */
  async function openRound() {
    await page.goto("about:blank");
    await go("#/play");
    await page.locator("main h3 a").first().click();
    await page.getByRole("heading", { name: "Place a bet" }).waitFor();
    await page.locator(".link").getByText("live").waitFor();
  }

  /** The same round in another tab, which nothing tells of a bet but an answer. */
  async function unpushed() {
    const other = await page.context().newPage();
    await other.routeWebSocket(/\/live$/, (socket) => socket.close());
    await other.route(/\/api\/live\?/, (route) =>
      route.fulfill({ status: 200, contentType: "application/json", body: '{"events":[],"more":false}' }),
    );
    await other.goto(page.url());
    await other.getByRole("heading", { name: "Place a bet" }).waitFor();
    await other.locator(".link").getByText("every 5 s").waitFor();
    return other;
  }

  await check("a bet whose answer is lost is placed once, and its form keeps what was sent", async () => {
    await openRound();
    const lost = await lose(page, /^\/api\/bets$/);
    const keys = keysOf(page, /^\/api\/bets$/);
    await page.getByLabel("Stake,").fill("12");
    await page.getByRole("button", { name: "Bet 12.00 on A" }).click();
    await page.getByText("Your bet arrived, once: 12.00 on A.").first().waitFor();
    await lookAtAll(page, "lost-arrived");
    expect((await card.count()) === 0, "the question is gone once the bet is there");
    expect(new Set(keys).size === 1, `one key: ${keys}`);
    await lost.stop();
    // The same values are a new request from now on.
    const before = await bets.count();
    await page.getByRole("button", { name: "Set the stake to 10.00" }).click();
    await page.getByRole("button", { name: "Bet 10.00 on A" }).click();
    await bets.nth(before).waitFor();
    expect(new Set(keys).size === 2, `another key: ${keys}`);
  });

  await check("until it is known, the form is locked, and says why", async () => {
    const other = await unpushed();
    const lost = await lose(other, /^\/api\/bets$/);
    const keys = keysOf(other, /^\/api\/bets$/);
    await other.getByLabel("Stake,").fill("13");
    await other.getByLabel("Stake,").press("Enter");
    await other.getByText("We do not know yet whether your bet arrived").waitFor();
    await other.getByText("The answer got lost.").waitFor();
    expect((await other.locator(".sent").innerText()).includes("13.00 on A"), "it shows what was sent");
    const focused = await other.evaluate(() => document.activeElement?.textContent?.trim());
    expect(focused === "Ask again now", `the focus is on what can be done, not on ${focused}`);
    for (const chip of ["10", "500"]) {
      await other
        .getByRole("button", { name: `Set the stake to ${chip}.00` })
        .click({ force: true, timeout: 1_000 })
        .catch(() => null);
    }
    await other
      .getByRole("radio", { name: "Side B" })
      .check({ force: true, timeout: 1_000 })
      .catch(() => null);
    expect((await other.getByLabel("Stake,").inputValue()) === "13", "the stake stays");
    expect(await other.getByRole("radio", { name: "Side A" }).isChecked(), "the side stays");
    await lookAtAll(other, "lost-bet");
    // Its list of bets would answer the question.
    await other.getByRole("link", { name: "Me", exact: true }).click();
    await other.getByText("We do not know yet whether your bet arrived: 13.00 on A.").waitFor();
    await lookAtAll(other, "lost-elsewhere", SIZES, ["light"]);
    await other.getByRole("link", { name: "See the form" }).click();
    await lost.stop();
    await other.getByText("Your bet arrived, once: 13.00 on A.").first().waitFor({ timeout: 25_000 });
    expect(keys.length >= 2 && new Set(keys).size === 1, `the page asked again by itself with the same key: ${keys}`);
    await other.close();
  });

  await check("a reload does not forget the question", async () => {
    const other = await unpushed();
    const lost = await lose(other, /^\/api\/bets$/);
    const keys = keysOf(other, /^\/api\/bets$/);
    await other.getByLabel("Stake,").fill("14");
    await other.getByRole("button", { name: "Bet 14.00 on A" }).click();
    await other.getByText("We do not know yet whether your bet arrived").waitFor();
    await lost.stop();
    const sent = keys.length;
    await other.reload();
    await other.getByText("Your bet arrived, once: 14.00 on A.").first().waitFor({ timeout: 25_000 });
    expect(keys.length === sent, `nothing is sent again: ${keys}`);
    await other.close();
  });

  await check("a bet on a game, a deposit and a withdrawal are asked for with their own keys", async () => {
    await go(`#/room/${room}`);
    await page.locator(".choice--symbol, .choice").first().waitFor();
    const inRoom = await lose(page, /^\/api\/games\/[^/]+\/[^/]+\/bet$/, { times: 1 });
    await page
      .locator("form[aria-labelledby=bet-title] label.choice")
      .filter({ hasNotText: /min|30 s/ })
      .last()
      .click();
    await page.locator("form[aria-labelledby=bet-title] button:not([type])").click();
    await page
      .getByText(/Your bet arrived, once: 10\.00 on|did not arrive/)
      .first()
      .waitFor({ timeout: 30_000 });
    await inRoom.stop();
    await go("#/wallet", "Balance after");
    const looked = [gate(), gate()];
    const deposits = await lose(page, /^\/api\/deposits$/, { times: 1, until: looked[0].opened });
    const opened = keysOf(page, /^\/api\/deposits$/);
    await page
      .locator("form[aria-labelledby=deposit-title]")
      .getByRole("button", { name: "Open the pay page" })
      .click();
    await page.getByText("We do not know yet whether your deposit was opened").waitFor();
    await lookAtAll(page, "lost-deposit", SIZES, ["light"]);
    looked[0].open();
    await page.getByText("Your deposit was opened, once: 500.00.").first().waitFor({ timeout: 20_000 });
    expect(opened.length === 2 && new Set(opened).size === 1, `${opened}`);
    await deposits.stop();
    const withdrawals = await lose(page, /^\/api\/withdrawals$/, {
      isSent: false,
      times: 1,
      until: looked[1].opened,
    });
    const asked = keysOf(page, /^\/api\/withdrawals$/);
    const form = page.locator("form[aria-labelledby=withdraw-title]");
    await form.getByLabel("Amount,").fill("2");
    await form.getByRole("button", { name: "Withdraw 2.00" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Withdraw 2.00" }).click();
    await page.getByText("We do not know yet whether your withdrawal was requested").waitFor();
    await lookAtAll(page, "lost-withdrawal", SIZES, ["light"]);
    looked[1].open();
    await page
      .getByText(/Your withdrawal was requested, once: 2\.00|was not requested/)
      .first()
      .waitFor();
    expect(asked.length === 2 && new Set(asked).size === 1, `${asked}`);
    await withdrawals.stop();
  });
}
