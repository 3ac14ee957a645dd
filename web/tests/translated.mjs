// Checks of a page that a browser's translation has changed.

import { translate } from "./browser.mjs";
import { check, expect } from "./look.mjs";

/** @typedef {import("playwright-core").Page} Page */

/** @param {{ page: Page, go: (hash: string, text?: string) => Promise<void>, room: string }} parts */
export async function translationChecks({ page, go, room }) {
  await check("a translated page shows the amount and the side that it sends", async () => {
    await go("#/play");
    await page.locator("main h3 a").first().click();
    await page.getByLabel("Stake,").fill("10");
    await page.getByRole("button", { name: "Bet 10.00 on A" }).waitFor();
    await translate(page);
    await page.getByLabel("Stake,").fill("7");
    await page.getByRole("radio", { name: "Side B" }).check({ force: true });
    await page.getByRole("button", { name: "Bet 7.00 on B" }).waitFor();
    await translate(page);
    await page.getByLabel("Stake,").fill("8");
    const form = page.locator("form[aria-labelledby=bet-title]");
    await page.getByRole("button", { name: "Bet 8.00 on B" }).waitFor();
    const shown = await form.innerText();
    expect(shown.includes("16.00") && !/\b(7|14|10|20)\.00/.test(shown), `the whole form speaks of 8.00: ${shown}`);
    const sent = page.waitForRequest((request) => request.method() === "POST" && request.url().endsWith("/api/bets"));
    await page.getByRole("button", { name: "Bet 8.00 on B" }).click();
    const { amount, side } = JSON.parse((await sent).postData() ?? "{}");
    expect(`${amount} ${side}` === "8 B", `sent ${amount} ${side}`);
    await page.getByRole("button", { name: "Take back 8.00" }).click();
    await page.getByRole("heading", { name: "Take back 8.00?" }).waitFor();
    await translate(page);
    await page.getByRole("button", { name: "Keep it waiting" }).click();
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Take back 8.00" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Take back 8.00" }).click();
    await page.getByText("8.00 returned").first().waitFor();
  });

  await check("a translated room and a translated wallet show what they send", async () => {
    await go(`#/room/${room}`);
    const form = page.locator("form[aria-labelledby=bet-title]");
    const picks = page.locator("label.choice:has(input[name=pick])");
    /** Waits for the button of a bet: between two periods it says that betting has closed. */
    const named = (/** @type {string} */ amount, /** @type {string} */ pick) =>
      form.getByRole("button", { name: new RegExp(`^Bet ${amount}.00 on .*${pick}`) }).waitFor();
    const names = [0, 1].map(async (index) => (await picks.nth(index).innerText()).split("\n")[0].trim());
    await page.getByLabel("Stake,").fill("10");
    await picks.nth(0).click();
    await named("10", await names[0]);
    await translate(page);
    await page.getByLabel("Stake,").fill("20");
    await picks.nth(1).click();
    await named("20", await names[1]);
    await go("#/limits");
    await page.getByRole("button", { name: "Set Stakes, Day" }).click();
    await page.getByRole("dialog").waitFor();
    await translate(page);
    await page.getByRole("button", { name: "Change nothing" }).click();
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Set Stakes, Week" }).click();
    const title = await page.getByRole("dialog").getByRole("heading").innerText();
    expect(title.endsWith("Week"), `the dialog is about the limit that was asked for: ${title}`);
    await page.getByRole("button", { name: "Change nothing" }).click();
  });
}
