// Checks of loads: pages of lists stay at each refresh, a row that was worked on shows its new state, and midnight
// passes.

import { SIZES } from "./looks.mjs";

/** @typedef {import("playwright-core").Page} Page */

const ROUNDS = 66;
const PAGE = 50;

/**
 * @param {{ check: Function, expect: Function, look: ReturnType<typeof import("./looks.mjs").looks>, done: Function,
 *   confirm: Function, go: (page: Page, hash: string) => Promise<void>, operator: () => Promise<Page>, token: string,
 *   auditor: (begin: (page: Page) => Promise<void>) => Promise<Page> }} parts `auditor`: does something with the page
 *   before it loads.
 */
export async function listChecks({ check, expect, look, done, confirm, go, operator, token, auditor }) {
  await check(
    "a list keeps its further pages at each refresh, and a closed round stays while it is shown",
    async () => {
      for (let number = 1; number <= ROUNDS; number += 1)
        await done("POST", "/api/rounds", { roundId: `list-${String(number).padStart(2, "0")}`, draw: "round" }, token);
      const page = await operator();
      await go(page, "#/rounds");
      const rows = page.getByRole("table", { name: "Rounds" }).locator("tbody tr");
      const isRefresh = (/** @type {import("playwright-core").Response} */ response) =>
        /\/api\/rounds\?&?cursor=/.test(response.url());
      await rows.nth(PAGE - 1).waitFor();
      expect((await rows.count()) === PAGE, `${await rows.count()} rows in the first page`);
      await page.getByRole("button", { name: "Show more" }).click();
      await rows.nth(ROUNDS - 1).waitFor();
      const all = await rows.count();
      // Twice, so that an answer that was under way is not taken for a refresh.
      for (const _ of [1, 2]) await page.waitForResponse(isRefresh);
      expect((await rows.count()) === all, `${await rows.count()} of ${all} rows after a refresh`);
      const last = rows.nth(all - 1).getByRole("link");
      const name = await last.innerText();
      await last.click();
      await page.getByRole("heading", { name }).waitFor();
      await page.getByRole("button", { name: "Close", exact: true }).first().click();
      await confirm(page, { "Reason, for the audit log": "it has begun" }, "Close");
      const row = rows.filter({ hasText: name });
      await row.getByText(/Closed|Resulted/).waitFor();
      await page.getByText("1 left this list: closed or cancelled.").waitFor();
      expect((await row.count()) === 1 && (await rows.count()) === all, "the closed round stays while it is shown");
      await look.at(page, "rounds-two-pages", SIZES, ["light"]);
      await rows.first().getByRole("link").click();
      await row.waitFor({ state: "detached" });
      expect((await rows.count()) === all - 1, `${await rows.count()} rows without the closed one`);
      await page.getByText("1 left this list: closed or cancelled.").waitFor();
      await page.context().close();
    },
  );
  await check("the audit log is still there after midnight", async () => {
    const page = await auditor((fresh) =>
      fresh.clock.install({ time: new Date(new Date().setUTCHours(23, 59, 30, 0)) }),
    );
    await go(page, "#/audit");
    await page.getByText(/\d+ lines follow each other/).waitFor();
    const day = await page.getByLabel("Day (UTC)").inputValue();
    await page.clock.fastForward(90_000);
    await page.waitForTimeout(1_500);
    await page.getByText(/\d+ lines follow each other/).waitFor({ timeout: 5_000 });
    expect((await page.getByLabel("Day (UTC)").inputValue()) === day, "the day that was read is the day that is named");
    await go(page, "#/overview");
    await page.locator(".stat", { hasText: "Lines in the log today" }).getByText(/^\d+$/).waitFor();
    await page.context().close();
  });
}
