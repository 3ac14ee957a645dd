// Checks of times in the browser: the clock of the machine may be wrong, and a day is shown only if it is not today.

import { shiftClock } from "./browser.mjs";
import { check, expect } from "./look.mjs";
import { PASSWORD, backstage } from "./staff.mjs";

const MINUTE = 60_000;

/**
 * @param {{ browser: import("playwright-core").Browser, evens: { port: string, data: string }, home: string }} parts
 */
export async function clockChecks({ browser, evens, home }) {
  const { account, done, funded } = backstage(evens);
  const [operator, player] = await Promise.all([account("operator"), funded("100")]);
  const after = (/** @type {number} */ minutes) => new Date(Date.now() + minutes * MINUTE);
  const end = after(5);
  for (const [roundId, closesBy] of /** @type {const} */ ([
    ["soon", end],
    ["later", after(180)],
    ["tomorrow", after(24 * 60)],
  ])) {
    await done(
      "POST",
      "/api/rounds",
      { roundId: `clock-${roundId}`, closesBy: closesBy.toISOString() },
      operator.token,
    );
  }

  /**
   * The page of the player at a view, in a browser of its own.
   * @param {import("playwright-core").BrowserContextOptions} options @param {string} hash @param {number} [shift]
   */
  async function enter(options, hash, shift = 0) {
    const context = await browser.newContext({ reducedMotion: "reduce", ...options });
    context.setDefaultTimeout(15_000);
    const page = await context.newPage();
    if (shift) await shiftClock(page, shift);
    await page.goto(`${home}${hash}`);
    await page.getByLabel("Phone number").fill(player.phoneNo);
    await page.getByLabel("Password").fill(PASSWORD);
    await page.getByRole("button", { name: "Log in", exact: true }).click();
    return page;
  }

  for (const [name, minutes] of /** @type {const} */ ([
    ["fast", 10],
    ["slow", -10],
  ])) {
    await check(`a clock that is ten minutes ${name} changes nothing about a round and its bets`, async () => {
      // The round is opened by its link: no list of games is read.
      const page = await enter({}, "#/round/clock-soon", minutes * MINUTE);
      await page.getByRole("heading", { name: "Place a bet" }).waitFor();
      const left = await page.locator(".countdown .clock").innerText();
      const [, whole = "0", seconds = "0"] = /^(\d+):(\d\d)$/.exec(left) ?? [];
      const real = (end.getTime() - Date.now()) / 1000;
      expect(Math.abs(Number(whole) * 60 + Number(seconds) - real) <= 2, `${real} s are left, not ${left}`);
      await page.getByLabel("Stake,").fill("1");
      await page.getByRole("button", { name: "Bet 1.00 on A" }).click();
      await page.getByText("Bet of 1.00 on A placed").first().waitFor();
      await page.context().close();
    });
  }

  await check("a round says its day only if it does not close today", async () => {
    // Noon by the player's zone, so that three hours later is today.
    const zone = 12 - new Date().getUTCHours();
    const page = await enter({ timezoneId: `Etc/GMT${zone < 0 ? "+" : "-"}${Math.abs(zone)}` }, "#/round/clock-later");
    await page.getByText(/^Closes \d\d:\d\d$/).waitFor();
    await page.goto(`${home}#/round/clock-tomorrow`);
    await page.getByText(/^Closes \d{1,2} \w{3,4}( \d{4})?, \d\d:\d\d$/).waitFor();
    await page.context().close();
  });
}
