// Checks of the console at work: the facts before a decision, the search, and lists by time.

import { SIZES } from "./looks.mjs";

/** @typedef {import("playwright-core").Page} Page */
/** @typedef {{ userId: string, phoneNo: string, token: string }} Person */
/**
 * @typedef {{ check: Function, expect: Function, look: ReturnType<typeof import("./looks.mjs").looks>, done: Function,
 *   go: Function, confirm: Function, funded: (amount: string) => Promise<Person>, cashier: () => Promise<Page>,
 *   operator: () => Promise<Page>, operatorToken: string, cashierToken: string }} Parts
 */

const REASON = "Reason, for the audit log";
const ACCOUNT = "IN44447777";

/**
 * The rows of facts in a place of the page: each label with its value.
 * @param {import("playwright-core").Locator} place @returns {Promise<Record<string, string>>}
 */
const factsIn = (place) =>
  place
    .locator(".card-part .facts")
    .evaluateAll((lists) =>
      Object.fromEntries(
        lists.flatMap((list) =>
          [...list.querySelectorAll("dt")].map((label) => [
            label.textContent?.trim() ?? "",
            label.nextElementSibling?.textContent?.replace(/\s+/g, " ").trim() ?? "",
          ]),
        ),
      ),
    );

/** @param {Parts} parts */
export async function workChecks(parts) {
  await factsChecks(parts);
  await listChecks(parts);
  await searchChecks(parts);
}

/** @param {Parts} parts */
async function factsChecks({ check, expect, look, done, go, confirm, funded, cashier, cashierToken }) {
  await check("a cashier sees to whom and where a withdrawal goes, beside the decision and in its dialog", async () => {
    const player = await funded("300");
    await done("PATCH", "/api/users/me", { userName: "Ravi Kumar" }, player.token);
    const payee = await done("POST", "/api/payees", { account: ACCOUNT }, player.token);
    const order = await done(
      "POST",
      "/api/withdrawals",
      { amount: "45", payeeId: payee.body.data.payeeId },
      player.token,
    );
    const { orderId } = order.body.data;
    const page = await cashier();
    // The facts come later than the order: nobody approves before they are there.
    let answer = async () => {};
    const isAsked = new Promise((resolve) =>
      page.route(
        /\/facts$/,
        (route) => {
          answer = () => route.continue();
          resolve(undefined);
        },
        { times: 1 },
      ),
    );
    await go(page, `#/withdrawals/${orderId}`);
    await isAsked;
    await page.getByRole("button", { name: "Approve" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel(REASON).fill("called them");
    const approve = dialog.getByRole("button", { name: "Approve", exact: true });
    expect((await approve.getAttribute("aria-disabled")) === "true", "approval waits for the facts");
    await approve.click({ force: true });
    await answer();
    await dialog.getByText("ending 7777").waitFor();
    const inDialog = await factsIn(dialog);
    await dialog.getByRole("button", { name: "Cancel" }).click();
    const beside = await factsIn(page.locator("main .side"));
    // Ages grow between the two looks.
    const lasting = (/** @type {Record<string, string>} */ facts) =>
      JSON.stringify(facts).replace(/ \(\d+ (s|min)\)/g, "");
    expect(lasting(inDialog) === lasting(beside), `${lasting(inDialog)} is not ${lasting(beside)}`);
    for (const [label, value] of Object.entries({
      Player: new RegExp(`^Ravi Kumar ${player.userId}$`),
      Phone: /, not verified$/,
      Account: /^ending 7777$/,
      "Used before": /^never$/,
      "Asked for now": /^45\.00/,
      "Balance left": /^255\.00/,
    })) {
      expect(value.test(beside[label] ?? ""), `${label}: ${beside[label]}`);
    }
    expect((await page.locator("main").innerText()).includes(ACCOUNT) === false, "the number of the account is shown");
    const flags = await page.locator("main .side .flag").count();
    expect(flags >= 5, `${flags} unusual facts have a sign`);
    await look.at(page, "withdrawal-facts");
    await page.getByRole("button", { name: "Approve" }).click();
    await page.getByRole("heading", { name: "Approve 45.00 INR for Ravi Kumar?" }).waitFor();
    await page.getByText("the money goes to the account ending 7777 at once").waitFor();
    await look.at(page, "withdrawal-facts-dialog");
    await confirm(page, { [REASON]: "called them" }, "Approve");
    await page.getByText("The withdrawal is approved and is being sent.").first().waitFor();
    await page.context().close();
    for (const deadline = Date.now() + 30_000; ;) {
      const { body } = await done("GET", `/api/operator/withdrawals/${orderId}`, undefined, cashierToken);
      if (body.data.state === "COMPLETED") break;
      expect(Date.now() < deadline, `the withdrawal is ${body.data.state}`);
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  });
}

/** @param {Parts} parts */
async function listChecks({ check, expect, look, done, go, funded, cashier, operator, operatorToken }) {
  await check("paid withdrawals, ended rounds and new players are in lists, also of chosen days", async () => {
    const page = await cashier();
    await go(page, "#/withdrawals?state=completed");
    await page.getByRole("link", { name: "45.00" }).waitFor();
    await look.at(page, "withdrawals-paid");
    await page.getByLabel("Until").fill("2020-01-31");
    await page.getByText("No paid withdrawals").waitFor();
    await page.getByRole("link", { name: "All days" }).click();
    await page.getByRole("link", { name: "45.00" }).waitFor();
    await page.context().close();

    const newcomer = await funded("1");
    await done("POST", "/api/rounds", { roundId: "listed-closed" }, operatorToken);
    await done("POST", "/api/rounds/listed-closed/close", { reason: "over" }, operatorToken);
    await done("POST", "/api/rounds", { roundId: "listed-cancelled" }, operatorToken);
    await done("POST", "/api/rounds/listed-cancelled/cancel", { reason: "rain" }, operatorToken);
    const other = await operator();
    for (const state of ["closed", "cancelled"]) {
      await go(other, `#/rounds?state=${state}`);
      const first = other.locator("main .table tbody tr").first();
      await first.getByRole("link", { name: `listed-${state}` }).waitFor();
      await look.at(other, `rounds-${state}`, SIZES, state === "closed" ? ["light", "dark"] : ["light"]);
    }
    await other.getByRole("link", { name: "listed-cancelled" }).click();
    await other.getByRole("heading", { name: "listed-cancelled" }).waitFor();
    await go(other, "#/users");
    await other.locator("main .table tbody tr").first().getByRole("link", { name: newcomer.userId }).waitFor();
    await look.at(other, "players-newest");
    expect((await other.getByRole("alert").count()) === 0, "a list could not be read");
    await other.context().close();
  });
}

/** @param {Parts} parts */
async function searchChecks({ check, expect, look, done, funded, operator, cashier }) {
  await check(
    "one search finds a player by the beginning of a name, an order and a round; the keyboard is enough",
    async () => {
      const player = await funded("50");
      await done("PATCH", "/api/users/me", { userName: "Zafira" }, player.token);
      const payee = await done("POST", "/api/payees", { account: "IN90009000" }, player.token);
      const order = await done(
        "POST",
        "/api/withdrawals",
        { amount: "6", payeeId: payee.body.data.payeeId },
        player.token,
      );
      const page = await cashier();
      await page.keyboard.press("/");
      await page.keyboard.type("ZAFI", { delay: 30 });
      const found = page.locator(".found");
      await found.getByText(player.userId).waitFor();
      expect((await page.evaluate(() => document.activeElement?.id)) === "search-text", "typing goes on in the field");
      expect((await page.locator("mark").innerText()) === "Zafi", "the beginning is marked");
      await look.at(page, "search");
      // On a phone the field is hidden, which takes the focus from it.
      await page.locator("#search-text").focus();
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { name: "Zafira" }).waitFor();
      await page.keyboard.press("/");
      await page.keyboard.type(order.body.data.orderId);
      await page.keyboard.press("Enter");
      await found.getByText("Withdrawal").waitFor();
      await found.getByText("Held").waitFor();
      await page.goBack();
      await page.getByRole("heading", { name: "Zafira" }).waitFor();
      await page.keyboard.press("/");
      await page.keyboard.type("nobody is called so");
      await page.getByText("Nothing found for “nobody is called so”").waitFor();
      await look.at(page, "search-none", SIZES, ["light"]);
      await page.setViewportSize(SIZES[0]);
      await page.getByRole("link", { name: "Search", exact: true }).click();
      await page.locator("#search-text-inline").fill("zaf");
      await found.getByText(player.userId).waitFor();
      await page.context().close();

      const other = await operator();
      await other.keyboard.press("/");
      await other.keyboard.type("listed-closed");
      await other.getByRole("link", { name: /listed-closed/ }).click();
      await other.getByRole("heading", { name: "listed-closed" }).waitFor();
      await other.context().close();
    },
  );
}
