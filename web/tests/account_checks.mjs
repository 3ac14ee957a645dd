// Checks of the wallet, of limits and of the account in the browser, on the service itself.

import { check, expect, lookAtAll, SIZES } from "./look.mjs";

/** @typedef {import("playwright-core").Page} Page */

/** @param {{ page: Page, go: (hash: string, text?: string) => Promise<void> }} parts */
export async function accountChecks({ page, go }) {
  await check("a player adds a bank account, and withdraws no more than they have", async () => {
    await go("#/wallet", "Balance after");
    await page.getByLabel("Account number").fill("12");
    await page.getByRole("button", { name: "Add the account" }).click();
    await page.locator("#payee-account-error").waitFor();
    await lookAtAll(page, "wallet-payee", SIZES, ["light"]);
    await page.getByLabel("Account number").fill(`ACCOUNT-${Date.now()}`);
    await page.getByRole("button", { name: "Add the account" }).click();
    await page.getByText("The account was added.").first().waitFor();
    const form = page.locator("form[aria-labelledby=withdraw-title]");
    await form.getByLabel("Amount,").fill("99999999");
    await form.getByRole("button", { name: "Withdraw 99,999,999.00" }).click();
    await form.getByText("You have ").first().waitFor();
    await lookAtAll(page, "wallet-short", SIZES, ["light"]);
    await form.getByLabel("Amount,").fill("0,500");
    await form.getByRole("button", { name: "Withdraw", exact: true }).click();
    await form.getByText("Type an amount above 0").waitFor();
    await form.getByLabel("Amount,").fill("₹१");
    await form.getByRole("button", { name: "Withdraw 1.00" }).click();
    await page.getByRole("dialog").getByText("It leaves your balance now").waitFor();
    await lookAtAll(page, "wallet-withdraw-dialog", SIZES, ["light"]);
    await page.getByRole("dialog").getByRole("button", { name: "Withdraw 1.00" }).click();
    await page
      .getByText(/Your withdrawal was requested\.|You must stake/)
      .first()
      .waitFor();
    await lookAtAll(page, "wallet-withdrawn", SIZES, ["light"]);
  });

  await check("limits are set at once, and raised only later", async () => {
    await go("#/limits", "Deposits");
    await lookAtAll(page, "limits");
    await page.getByRole("button", { name: "Set Deposits, Week" }).click();
    await lookAtAll(page, "limits-dialog", SIZES, ["light"]);
    await page.getByLabel("Amount,").fill("2000");
    await page.getByRole("button", { name: "Save the limit" }).click();
    await page.getByText("Your limits were saved.").first().waitFor();
    await page.getByText("of 2,000.00").waitFor();
    await lookAtAll(page, "limits-set", SIZES, ["light"]);
    await page.getByRole("button", { name: "Change Deposits, Week" }).click();
    await page.getByLabel("Amount,").fill("5000");
    await page.getByRole("button", { name: "Save the limit" }).click();
    await page.getByText("You asked for 5,000.00.").waitFor();
    await lookAtAll(page, "limits-wanted");
    await page.getByRole("button", { name: "Keep the current limit" }).click();
    await page.getByText("You asked for 5,000.00.").waitFor({ state: "detached" });
    await page.getByLabel("Remind me").selectOption("60");
    await page.getByText("Your reminder was saved.").first().waitFor();
    await page.getByText("The next reminder is at").waitFor();
  });

  await check("a break asks for its months, and once more", async () => {
    await page.getByRole("button", { name: "Exclude me" }).click();
    await page.getByText("Type a whole number of months, 6 or more.").waitFor();
    await page.getByLabel("Months").fill("12");
    await page.getByRole("button", { name: "Exclude me" }).click();
    await page.getByRole("heading", { name: "Exclude yourself for 12 months?" }).waitFor();
    const focused = await page.evaluate(() => document.activeElement?.textContent?.trim());
    expect(focused === "Go back", `the dialog opens on the choice that changes nothing, not on ${focused}`);
    await lookAtAll(page, "exclusion-dialog");
    await page.getByRole("button", { name: "Go back" }).click();
  });

  await check("the account has its number, friends, days and settings", async () => {
    await go("#/me", "Copy link");
    await page.getByText("Days on which you logged in are marked.").waitFor();
    await page.getByText("Verify your phone number").click();
    const field = page.getByLabel("Code from the message");
    expect((await field.getAttribute("inputmode")) === "numeric", "a telephone shows the keys with digits");
    // As a message has it, with local digits and a mark that is not seen.
    await field.fill("\u200e१८४-२६८ ");
    const [sent] = await Promise.all([
      page.waitForRequest(/phone\/verify$/),
      page.getByRole("button", { name: "Verify", exact: true }).click(),
    ]);
    expect(sent.postData() === '{"code":"184268"}', `sent ${sent.postData()}`);
    await page.getByText("The code is wrong or has expired.").waitFor();
    await page.getByText("Change your password").click();
    await page.getByLabel("Current password").fill("not this one");
    await page.getByLabel("New password").fill("another good one");
    await page.getByRole("button", { name: "Save the password" }).click();
    await page.getByText("The current password is wrong.").waitFor();
    await lookAtAll(page, "me-forms");
  });

  await check("a theme that was chosen stays, whatever the machine has", async () => {
    await page.emulateMedia({ colorScheme: "light" });
    const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await background();
    await page.getByLabel("Colours").selectOption("dark");
    expect((await background()) !== light, "it is dark at once");
    await go("#/me", "Copy link");
    expect((await background()) !== light, "it is dark after a reload");
    await page.getByLabel("Colours").selectOption("system");
    expect((await background()) === light, "it follows the machine again");
  });
}
