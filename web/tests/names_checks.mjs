// Checks of rounds with unusual names in the browser: the longest one, and names that every object of JavaScript has.

import { placeBet } from "./browser.mjs";
import { check, expect, lookAtAll, SIZES } from "./look.mjs";
import { backstage } from "./staff.mjs";

/** One word, so that no line can end within it. */
const LONG = "x".repeat(64);

/**
 * @param {{ page: import("playwright-core").Page, go: (hash: string, text?: string) => Promise<void>,
 *   evens: { port: string, data: string } }} parts
 */
export async function namesChecks({ page, go, evens }) {
  const { account, done } = backstage(evens);
  const operator = await account("operator");
  const closesBy = new Date(Date.now() + 3 * 3_600_000).toISOString();
  for (const roundId of [LONG, "constructor", "__proto__"])
    await done("POST", "/api/rounds", { roundId, closesBy }, operator.token);

  await check("a round with the longest name widens no view", async () => {
    await page.setViewportSize(SIZES[1]);
    await go(`#/round/${LONG}`);
    await placeBet(page, "10", "A");
    await lookAtAll(page, "long-round", SIZES, ["light"]);
    await page.getByRole("button", { name: "Take back 10.00" }).first().click();
    await lookAtAll(page, "long-dialog", SIZES, ["light"]);
    await page.getByRole("button", { name: "Keep it waiting" }).click();
    for (const [name, hash] of [
      ["bets", "#/bets"],
      ["wallet", `#/wallet?round=${LONG}`],
      ["missing", `#/round/${"y".repeat(64)}`],
    ]) {
      await go(hash);
      await page.waitForFunction(() => !document.querySelector("main .loading"));
      await lookAtAll(page, `long-${name}`, SIZES, ["light"]);
    }
    // The list of open rounds; the strips of results beside it are cut by their width.
    await page.setViewportSize(SIZES[0]);
    await go("#/play");
    const [width, room] = await page.evaluate(() => [
      document.documentElement.scrollWidth,
      document.documentElement.clientWidth,
    ]);
    expect(width <= room, `the list of rounds scrolls sideways: ${width} > ${room}`);
    await page.setViewportSize(SIZES[1]);
    await go("#/bets");
    await page.locator("main .row").first().click();
    await page.getByRole("heading", { name: "Matches" }).waitFor();
    await lookAtAll(page, "long-bet", SIZES, ["light"]);
  });

  for (const roundId of ["constructor", "__proto__"]) {
    await check(`a round may be called ${roundId}`, async () => {
      await page.setViewportSize(SIZES[1]);
      await go(`#/round/${roundId}`, "Place a bet");
      await page.getByRole("heading", { level: 1, name: roundId }).waitFor();
      await placeBet(page, "1", "A");
      await page.getByRole("button", { name: "Take back 1.00" }).first().click();
      await page.getByRole("dialog").getByRole("button", { name: "Take back 1.00" }).click();
      await page.getByText("1.00 returned").first().waitFor();
    });
  }

  await check("a thing of that name that is not there is missing", async () => {
    for (const id of ["constructor", "__proto__"]) {
      await go(`#/bets/${id}`, "There is no such bet");
      await go(`#/verify/${id}?of=game`, "There is no such period");
      await go(`#/room/${id}`, "There is no game");
      await go(`#/${id}`, "Open rounds");
    }
  });
}
