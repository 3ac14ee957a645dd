// Checks of the list of bets in the browser, for a player with hundreds of bets.

import { setTimeout as sleep } from "node:timers/promises";
import { check, expect, lookAtAll } from "./look.mjs";
import { PASSWORD, backstage } from "./staff.mjs";

/** Six pages of the list. */
const BETS = 260;
/** Bets of rounds that are cancelled before the page is opened; the others are open. */
const ENDED = 200;
/** The most unmatched bets of a player in a round. */
const IN_ROUND = 50;

/**
 * @param {{ browser: import("playwright-core").Browser, evens: { port: string, data: string }, home: string }} parts
 */
export async function betsChecks({ browser, evens, home }) {
  const { account, done, funded } = backstage(evens);
  const [operator, player] = await Promise.all([account("operator"), funded("1000")]);
  const closesBy = new Date(Date.now() + 30 * 60_000).toISOString();

  /** @param {string} path @param {object} body */
  async function placed(path, body) {
    const key = { "idempotency-key": crypto.randomUUID() };
    await done("POST", path, body, player.token, key);
  }
  for (let first = 0; first < BETS; first += IN_ROUND) {
    const roundId = `many-bets-${first}`;
    await done("POST", "/api/rounds", { roundId, closesBy }, operator.token);
    for (let count = first; count < Math.min(first + IN_ROUND, BETS); count += 10) {
      await Promise.all(Array.from({ length: 10 }, () => placed("/api/bets", { roundId, amount: 1, side: "A" })));
    }
    if (first < ENDED) await done("POST", `/api/rounds/${roundId}/cancel`, { reason: "ended bets" }, operator.token);
  }
  const locked = async () =>
    Number((await done("GET", "/api/wallet", undefined, player.token)).body.data.lockedBalance);
  for (const deadline = Date.now() + 60_000; (await locked()) > BETS - ENDED; await sleep(500))
    expect(Date.now() < deadline, "bets of a cancelled round were not refunded");
  const [{ body: games }, { body: periods }] = await Promise.all([
    done("GET", "/api/games", undefined),
    done("GET", "/api/games/active-periods", undefined),
  ]);
  // The longest period: it still takes bets by now.
  const { gameType, duration, periodId } = periods.data.sort(
    (/** @type {any} */ one, /** @type {any} */ other) => other.duration - one.duration,
  )[0];
  const { betType, betValue } = games.data.find((/** @type {any} */ game) => game.gameType === gameType).selections[0];
  await placed(`/api/games/${gameType}/${duration}/bet`, { periodId, betType, betValue, betAmount: 10 });

  /** The list in a browser of its own. @param {object} changed Settings of the platform that differ. */
  async function enter(changed) {
    const context = await browser.newContext({ reducedMotion: "reduce", viewport: { width: 1280, height: 800 } });
    context.setDefaultTimeout(15_000);
    const page = await context.newPage();
    await page.route("**/api/platform", async (route) => {
      const answer = await route.fetch();
      const { data } = await answer.json();
      await route.fulfill({ response: answer, json: { data: { ...data, ...changed } } });
    });
    await page.goto(`${home}#/bets`);
    await page.getByLabel("Phone number").fill(player.phoneNo);
    await page.getByLabel("Password").fill(PASSWORD);
    await page.getByRole("button", { name: "Log in", exact: true }).click();
    await page.locator("main .rows a[href*='of=game']").waitFor();
    return page;
  }
  const takeBacks = (/** @type {import("playwright-core").Page} */ page) =>
    page.locator("main .rows").getByRole("button", { name: "Take back 1.00" });

  await check("a bet on a game hides none of the bets before it, and each open one can be taken back", async () => {
    const page = await enter({});
    // The socket pushes the newest bets before all pages are read.
    await page.getByText(`${BETS + 1} shown`, { exact: true }).waitFor();
    expect(
      (await takeBacks(page).count()) === BETS - ENDED,
      `${await takeBacks(page).count()} of ${BETS - ENDED} open bets can be taken back`,
    );
    await lookAtAll(page, "bets-many");
    await takeBacks(page).last().click();
    await page.getByRole("dialog").getByRole("button", { name: "Take back 1.00" }).click();
    await page.waitForFunction(
      (left) => document.querySelectorAll("main .rows button").length === left,
      BETS - ENDED - 1,
    );
    await page.context().close();
  });

  await check("'Show more' reads on until every bet is shown", async () => {
    // As if no bet could wait any longer: one page is read at a time.
    const page = await enter({ refundAfterSeconds: -3600 });
    const shown = async () => Number.parseInt(await page.getByText(/^\d+ shown$/).innerText(), 10);
    const more = page.getByRole("button", { name: "Show more" });
    let before = await shown();
    expect(before > 1 && before < BETS, `${before} are shown at first`);
    while (await more.count()) {
      await more.click();
      await page.waitForFunction(
        (last) =>
          Number.parseInt([...document.querySelectorAll(".table-foot span")].at(-1)?.textContent ?? "", 10) > last,
        before,
      );
      before = await shown();
    }
    expect(before === BETS + 1, `${before} of ${BETS + 1} bets are shown`);
    await page.context().close();
  });
}
