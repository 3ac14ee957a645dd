// Checks of the languages in the browser: a language that was chosen stays, and every view holds longer texts.

import { check, expect, lookAtAll, SIZES } from "./look.mjs";

/** @typedef {import("playwright-core").Page} Page */

/** @param {{ page: Page, go: (hash: string, text?: string) => Promise<void>, room: string, bet: string }} parts */
export async function languageChecks({ page, go, room, bet }) {
  const views = {
    play: "#/play",
    room: `#/room/${room}`,
    wallet: "#/wallet",
    limits: "#/limits",
    me: "#/me",
    bets: "#/bets",
    bet: `#/bets/${bet}`,
    verify: `#/verify/${bet}`,
  };

  for (const language of ["hi", "en-XA"]) {
    await check(`every view in ${language}`, async () => {
      await go("#/me");
      await page.locator("#language").selectOption(language);
      await page.locator(`html[lang=${language}]`).waitFor({ state: "attached" });
      for (const [name, hash] of Object.entries(views)) {
        await page.goto("about:blank");
        await go(hash);
        await page.waitForFunction(() => !document.querySelector("main .loading"));
        const english = await page.locator("h1, h2, .tab").allInnerTexts();
        expect(
          !english.some((text) => ["Play", "Wallet", "Bets", "My bets", "Deposit"].includes(text.trim())),
          `${name}: a text is not translated: ${english}`,
        );
        await lookAtAll(page, `${language}-${name}`, SIZES, ["light"]);
      }
      await go("#/me");
      await page.locator("#language").selectOption("en");
      await page.locator("html[lang=en]").waitFor({ state: "attached" });
    });
  }

  await check("times are those of the player's zone", async () => {
    await go("#/wallet", "Balance after");
    const [shown, exact] = await page.evaluate(() => {
      const time = /** @type {HTMLTimeElement} */ (document.querySelector("main time"));
      return [time.textContent ?? "", time.dateTime];
    });
    const date = new Date(exact);
    const local = [date.getHours(), date.getMinutes()].map((part) => String(part).padStart(2, "0")).join(":");
    expect(/\d{4}$/.test(shown) || shown.includes(local), `${shown} is ${exact}, ${local} here`);
  });
}
