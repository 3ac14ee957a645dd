// Checks of two tabs of the console in one browser, and of an act whose answer is lost.

import { SIZES } from "./looks.mjs";

/** @typedef {import("playwright-core").Page} Page */

/**
 * @param {{ check: Function, expect: Function, look: { at: Function }, opened: () => Promise<Page>, go: Function,
 *   confirm: Function, done: Function, loggedIn: (person: { phoneNo: string }, page?: Page) => Promise<Page>,
 *   people: { phoneNo: string, userId: string }[], player: { userId: string }, auditor: { token: string } }} parts
 */
export async function consoleTabChecks({
  check,
  expect,
  look,
  opened,
  go,
  confirm,
  done,
  loggedIn,
  people: [first, second],
  player,
  auditor,
}) {
  await check("a tab of the console acts for its own account only, and stops once another one logs in", async () => {
    const one = await opened();
    await one.getByRole("button", { name: "Log in" }).waitFor();
    const other = await one.context().newPage();
    await other.goto(one.url());
    await other.getByRole("button", { name: "Log in" }).waitFor();
    await loggedIn(first, one);
    /** @type {Set<string>} */
    const actors = new Set();
    one.on("request", (request) => {
      const token = request.headers().authorization?.split(".")[1];
      if (token) actors.add(JSON.parse(Buffer.from(token, "base64url").toString()).sub);
    });
    await loggedIn(second, other);
    await one.getByText("Another account is logged in in this browser").first().waitFor();
    await look.at(one, "replaced");
    await one.waitForTimeout(1_500);
    expect(
      [...actors].every((actor) => actor === first.userId),
      `it acted for ${[...actors]}, and belongs to ${first.userId}`,
    );
    expect((await other.getByText("Another account").count()) === 0, "the other tab goes on");
    await one.getByRole("button", { name: "Go on as the other account" }).click();
    await one.getByRole("heading", { name: "Overview" }).waitFor();
    await one.context().close();
  });

  await check("an act whose answer is lost keeps what was sent, and is done once", async () => {
    const page = await loggedIn(first);
    await go(page, `#/users/${player.userId}`);
    let lost = 0;
    await page.route("**/adjust", async (route) => {
      if (lost > 0) return route.fallback();
      lost += 1;
      await route.fetch();
      return route.abort("connectionreset");
    });
    await page.getByRole("button", { name: "Adjust the wallet" }).click();
    await confirm(
      page,
      { "Operation id": "receipt-lost", Amount: "3", "Reason, for the audit log": "paid at the desk" },
      "Adjust the wallet",
    );
    const dialog = page.getByRole("dialog");
    await dialog.getByText("we do not know yet whether this was done").waitFor();
    expect(await dialog.getByLabel("Operation id").isDisabled(), "another operation id would be another adjustment");
    await look.at(page, "act-unknown", SIZES, ["light"]);
    await dialog.getByRole("button", { name: "Repeat" }).click();
    await page.getByText("Your approval of the adjustment is recorded.").first().waitFor();
    const { body } = await done("GET", "/api/operator/audit", undefined, auditor.token);
    const lines = body.data.filter((/** @type {any} */ { after, before }) =>
      `${after}${before}`.includes("receipt-lost"),
    );
    expect(lines.length === 1 && lines[0].actor === first.userId, JSON.stringify(lines));
    await page.context().close();
  });
}
