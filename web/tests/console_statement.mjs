// Checks of a statement that a cashier gives in the console: a good one, the same again, a malformed and a large one.

import { SIZES } from "./looks.mjs";
import { PASSWORD } from "./staff.mjs";

/** @typedef {import("playwright-core").Page} Page */
/**
 * @typedef {{ check: Function, expect: Function, look: ReturnType<typeof import("./looks.mjs").looks>, go: Function,
 *   line: Function, cashier: () => Promise<Page>, userId: string }} Parts
 */

const VERB = "Compare a statement";
const HEAD = "at,kind,id,reference,amount,currency\n";
/** A day that is final, on which nothing moved. */
const DAY = "2026-01-05";
const GOOD = `${HEAD}${DAY}T08:00:00Z,payment,pay_console,none-of-ours,1250,INR\n`;

/** Opens the dialog, and chooses a file of this text. @param {Page} page @param {string} text @param {string} [day] */
async function choose(page, text, day = DAY) {
  await page.locator("main").getByRole("button", { name: VERB }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Provider").fill("sandbox");
  await dialog.getByLabel("Day").fill(day);
  await dialog
    .getByLabel("Statement file")
    .setInputFiles({ name: "statement.csv", mimeType: "text/csv", buffer: Buffer.from(text) });
  return dialog;
}

/** @param {import("playwright-core").Locator} dialog */
const send = (dialog) => dialog.getByRole("button", { name: VERB, exact: true }).click();

/** @param {Parts} parts */
export async function statementChecks({ check, expect, look, go, line, cashier, userId }) {
  await check("a statement is compared, and its differences are rows; the same file has the same report", async () => {
    const page = await cashier();
    await go(page, "#/reconciliation");
    await page.getByRole("heading", { name: VERB }).waitFor();
    await look.at(page, "statement");
    let answer = () => {};
    await page.route(/\/reconciliations\?provider=/, (route) => {
      answer = () => void route.continue();
    });
    let dialog = await choose(page, GOOD);
    await look.at(page, "statement-dialog");
    await send(dialog);
    await dialog.locator("button[aria-busy=true]").waitFor();
    answer();
    await page.unroute(/\/reconciliations\?provider=/);
    await page
      .getByText(`The statement of sandbox for ${DAY} is compared. Differences: 1. It is a line of the audit log.`)
      .first()
      .waitFor();
    await page.getByRole("heading", { name: `${DAY}, sandbox` }).waitFor();
    const row = page.locator("main .side .table tbody tr");
    expect((await row.count()) === 1, "one difference is one row");
    const said = (await row.innerText()).replace(/\s+/g, " ");
    for (const part of ["pay_console", "12.50", "0.00"]) expect(said.includes(part), `${part} is not in ${said}`);
    await look.at(page, "statement-report");
    const id = decodeURIComponent(page.url().split("#/reconciliation/")[1]);
    const { actor } = await line("compare-statement", id);
    expect(actor === userId, actor);
    await go(page, "#/reconciliation");
    dialog = await choose(page, GOOD);
    await send(dialog);
    await page.getByText("This had been done before").first().waitFor();
    expect(decodeURIComponent(page.url()).endsWith(id), page.url());
    await page.context().close();
  });

  await check("a malformed statement names its line, a large one is not sent, and an early day says so", async () => {
    const page = await cashier();
    await go(page, "#/reconciliation");
    const dialog = await choose(page, `${GOOD}not,a,line\n`);
    await send(dialog);
    await dialog.getByText("Statement file cannot be read: line 3: it has 3 fields instead of 6").waitFor();
    await look.at(page, "statement-malformed", SIZES, ["light"]);
    let sent = 0;
    page.on("request", (request) => void (sent += request.method() === "POST" ? 1 : 0));
    const large = Buffer.alloc(3 * 1024 * 1024 + 1, "x");
    await dialog.getByLabel("Statement file").setInputFiles({ name: "large.csv", mimeType: "text/csv", buffer: large });
    await send(dialog);
    await dialog.getByText("The file has more than 3 MiB.").waitFor();
    expect(sent === 0, `${sent} requests were sent`);
    await dialog.getByRole("button", { name: "Cancel" }).click();
    await send(await choose(page, HEAD, new Date().toISOString().slice(0, 10)));
    await page.getByText("because the day is not final before").waitFor();
    await look.at(page, "statement-early");
    await page.context().close();
  });

  await check("a statement asks for the password if the login is too old", async () => {
    const page = await cashier();
    await go(page, "#/reconciliation");
    let refused = 0;
    await page.route(/\/reconciliations\?provider=/, (route) => {
      if (refused > 0) return route.fallback();
      refused += 1;
      return route.fulfill({
        status: 403,
        contentType: "application/problem+json",
        body: JSON.stringify({ type: "urn:evens:problem:login-too-old", code: "login-too-old", title: "", detail: "" }),
      });
    });
    const dialog = await choose(page, `${GOOD}${DAY}T09:00:00Z,payment,pay_again,none,100,INR\n`);
    await send(dialog);
    await page.getByText("This act needs a login of the last 15 minutes.").waitFor();
    await dialog.getByLabel("Password").fill(PASSWORD);
    await send(dialog);
    await page.getByText("Differences: 2.").first().waitFor();
    await page.context().close();
  });
}
