// Checks of acts on several dead letters, of acts that had been done before, and of lists of ended withdrawals.

import { SIZES } from "./looks.mjs";

const LETTERS = "/api/operator/dead-letters";
const REASON = "Reason, for the audit log";
/** Turns the text after it to run from right to left. */
const TURNED = "\u202e";

/**
 * @typedef {{ check: Function, expect: Function, look: any, done: Function, ask: Function, giveUp: Function,
 *   go: Function, confirm: Function, operator: () => Promise<import("playwright-core").Page>, token: string,
 *   cashier: () => Promise<import("playwright-core").Page>, cashierToken: string,
 *   funded: (amount: string) => Promise<{ userId: string, token: string }> }} Parts
 */

/** @param {Parts} parts */
export async function letterChecks(parts) {
  await deadLetterChecks(parts);
  await doneBeforeChecks(parts);
}

/** @param {Parts} parts */
async function deadLetterChecks({ check, expect, look, done, giveUp, go, confirm, operator, token }) {
  /** The dead letters of a queue, once there are that many. @param {string} queue @param {number} count */
  async function letters(queue, count) {
    for (let attempt = 0; attempt < 50; attempt += 1) {
      const { body } = await done("GET", `${LETTERS}?queue=${queue}`, undefined, token);
      if (body.data.length === count) return body.data;
    }
    throw new Error(`there are not ${count} dead letters in ${queue}`);
  }

  /**
   * Reads the list again until it has that many rows: a letter may still be held by the reader before.
   * @param {import("playwright-core").Page} page @param {number} count
   */
  async function read(page, count) {
    for (let attempt = 0; attempt < 20; attempt += 1) {
      await page.getByRole("button", { name: "Read now" }).click();
      const isThere = page.getByText(`${count} shown of`).waitFor({ timeout: 3_000 });
      if (
        await isThere.then(
          () => true,
          () => false,
        )
      )
        return;
    }
    throw new Error(`the page does not show ${count} dead letters`);
  }

  const clear = (/** @type {string} */ queue) =>
    done("POST", LETTERS, { action: "delete", queue, reason: "the check is over" }, token);
  const nothing = () => ({ type: "payout", data: { betId: crypto.randomUUID() } });

  await check(
    "an act on marked dead letters goes on after one that is gone and one that fails, and says so",
    async () => {
      for (let number = 0; number < 4; number += 1) await giveUp("refund", `user-${number}`, nothing());
      const [gone, failing] = await letters("refund", 4);
      const page = await operator();
      await go(page, "#/dead-letters?queue=refund");
      await read(page, 4);
      await page.getByLabel("Mark the 4 shown").check();
      await done("POST", `${LETTERS}/${gone.id}/delete`, { reason: "another operator was faster" }, token);
      const problem = {
        type: "urn:evens:problem:unavailable",
        title: "",
        detail: "",
        requestId: "01a27c4e-90b1-4c11-8e1f-000000000000",
      };
      await page.route(`**/${encodeURIComponent(failing.id)}/delete`, (route) =>
        route.fulfill({ status: 503, contentType: "application/problem+json", body: JSON.stringify(problem) }),
      );
      await page.getByRole("button", { name: "Delete marked" }).click();
      await confirm(page, { [REASON]: "no such bets" }, "Delete marked");
      await page.getByRole("heading", { name: "Not all of it was done" }).waitFor();
      const said = await page.getByRole("dialog").innerText();
      for (const part of ["Deleted: 2.", "Gone: 1.", "Failed: 1.", failing.id])
        expect(said.includes(part), `${part} is not in ${said}`);
      await look.at(page, "dead-letters-report");
      await page.getByRole("button", { name: "Close", exact: true }).click();
      await page.getByText("1 marked").waitFor();
      expect((await letters("refund", 1))[0].id === failing.id, "the one that failed is still there");
      await clear("refund");
      await page.context().close();
    },
  );

  await check(
    "the number before all that match is that of the jobs that are sent, and the others are named",
    async () => {
      for (const body of ["no job", `${TURNED}txet`]) await giveUp("settle", "41", body);
      await giveUp("settle", "42", { type: "settle", data: { matchId: crypto.randomUUID(), roundId: "monday" } });
      await letters("settle", 3);
      const page = await operator();
      await go(page, "#/dead-letters?queue=settle");
      await read(page, 3);
      await page.getByRole("button", { name: "Send all that match again…" }).click();
      await page.getByRole("heading", { name: "Send all that match again (1)?" }).waitFor();
      await page.getByText("2 that match contain no job, so they are not sent and stay.").waitFor();
      await look.at(page, "dead-letters-unsendable", SIZES, ["light"]);
      await confirm(page, { [REASON]: "mended", "Type 1 to go on": "1" }, "Send all again");
      await page.getByText("Sent again: 1.").first().waitFor();
      await clear("settle");
      await page.context().close();
    },
  );

  await check("the count before all that match is busy, and opens no dialog on another view", async () => {
    await giveUp("settle", "42", { type: "settle", data: { matchId: crypto.randomUUID(), roundId: "monday" } });
    await letters("settle", 1);
    const page = await operator();
    await go(page, "#/dead-letters?queue=settle");
    await read(page, 1);
    /** @type {(value?: unknown) => void} */
    let answer = () => {};
    const isAnswered = new Promise((resolve) => (answer = resolve));
    await page.route(`**${LETTERS}`, async (route) => {
      await isAnswered;
      await route.continue();
    });
    await page.getByRole("button", { name: "Delete all that match…" }).click();
    await page.getByRole("button", { name: "Counting" }).and(page.locator("[aria-busy=true]")).waitFor();
    await look.at(page, "dead-letters-counting", SIZES, ["dark"]);
    await go(page, "#/overview");
    const counted = page.waitForResponse(
      (response) => response.url().endsWith(LETTERS) && response.request().method() === "POST",
    );
    answer();
    await (await counted).finished();
    await page.getByRole("heading", { name: "Overview" }).waitFor();
    // The answer is read after it has arrived; a frame later its dialog would be there.
    await page.evaluate(() => new Promise((resolve) => setTimeout(() => requestAnimationFrame(resolve), 200)));
    expect((await page.getByRole("dialog").count()) === 0, "the dialog of another view");
    await clear("settle");
    await page.context().close();
  });

  await check("characters that turn or hide text are shown as escapes", async () => {
    await giveUp("settle", "41", `${TURNED}txet\u200b`);
    const [letter] = await letters("settle", 1);
    const page = await operator();
    await go(page, `#/dead-letters/${encodeURIComponent(letter.id)}`);
    const code = page.locator("pre.code");
    await code.waitFor();
    const shown = await code.innerText();
    expect(shown.includes("\\u{202e}") && shown.includes("\\u{200b}") && !shown.includes(TURNED), shown);
    await look.at(page, "dead-letter-escaped", SIZES, ["light"]);
    await clear("settle");
    await page.context().close();
  });
}

/** What follows an act that another person did. @param {Parts} parts */
async function doneBeforeChecks({
  check,
  expect,
  look,
  done,
  ask,
  go,
  confirm,
  operator,
  token,
  cashier,
  cashierToken,
  funded,
}) {
  await check("an act that had been done before says so", async () => {
    const player = await funded("1");
    const page = await operator();
    await go(page, `#/users/${player.userId}`);
    await page.getByRole("button", { name: "Block", exact: true }).click();
    await page.getByRole("dialog").waitFor();
    await done("POST", `/api/operator/users/${player.userId}/block`, { reason: "another operator was faster" }, token);
    await confirm(page, { [REASON]: "a chargeback" }, "Block");
    await page.getByText("This had been done before").first().waitFor();
    expect((await page.getByText("It is a line of the audit log").count()) === 0, "a repeat has no line of its own");
    await look.at(page, "user-blocked-before", SIZES, ["light"]);
    const old = await ask("GET", "/api/wallet", undefined, player.token);
    expect(old.status === 403, `a blocked account is refused, not ${old.status}`);
    await page.context().close();
  });

  await check("ended withdrawals are listed by their state", async () => {
    const player = await funded("100");
    const payee = await done("POST", "/api/payees", { account: `IN${Date.now()}` }, player.token);
    const order = await done(
      "POST",
      "/api/withdrawals",
      { amount: "40", payeeId: payee.body.data.payeeId },
      player.token,
    );
    const { orderId } = order.body.data;
    await done("POST", `/api/operator/withdrawals/${orderId}/reject`, { reason: "not their account" }, cashierToken);
    const page = await cashier();
    await go(page, "#/withdrawals");
    await look.at(page, "withdrawals-held", SIZES, ["light"]);
    await page.getByRole("link", { name: "Rejected", exact: true }).click();
    await page.getByRole("link", { name: "40.00" }).first().click();
    await page.getByText(orderId).first().waitFor();
    await look.at(page, "withdrawals-rejected");
    await page.getByRole("link", { name: "Sent back", exact: true }).click();
    await page.getByText("No withdrawals that a bank sent back").waitFor();
    await look.at(page, "withdrawals-none", SIZES, ["light"]);
    await page.context().close();
  });
}
