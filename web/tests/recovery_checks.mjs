// A forgotten password in the browser, on the service itself: from the link of the login to a placed bet.

import { deposit, placeBet } from "./browser.mjs";
import { check, expect, lookAtAll, SIZES } from "./look.mjs";

const OLD = "correct horse";
const NEW = "purple battery";

/** @param {{ browser: import("playwright-core").Browser, evens: { log: (() => string) | null }, home: string, collect: (context: import("playwright-core").BrowserContext) => Promise<string[]> }} parts */
export async function recoveryChecks({ browser, evens, home, collect }) {
  const { log } = evens;
  // The code is in the log of the program, which only a program that was started here shows.
  if (!log) return [];
  const context = await browser.newContext({ viewport: SIZES[1], reducedMotion: "reduce" });
  context.setDefaultTimeout(15_000);
  const faults = await collect(context);
  const page = await context.newPage();
  const phone = `+9197${String(Date.now()).slice(-8)}`;

  /** The newest code of a kind of event, once there are more of them than before. @param {string} kind @param {number} digits */
  async function codeOf(kind, digits) {
    const pattern = new RegExp(`event ${kind}:[^\\n]*; the code is (\\d{${digits}})`, "g");
    for (let tries = 0; tries < 200; tries += 1) {
      const found = [...log().matchAll(pattern)].at(-1);
      if (found) return found[1];
      await page.waitForTimeout(50);
    }
    throw new Error(`no code of ${kind} in the log`);
  }

  const focused = () => page.evaluate(() => document.activeElement?.id ?? "");

  await check("a player who forgot the password gets back in, and bets", async () => {
    await page.goto(`${home}#/enter?new=1`);
    await page.getByLabel("Phone number").fill(phone);
    await page.getByLabel("Password").fill(OLD);
    await page.getByRole("button", { name: "Sign up", exact: true }).click();
    await page.getByRole("link", { name: "Me", exact: true }).click();
    await page.locator("summary", { hasText: "Verify" }).click();
    await page.getByRole("button", { name: "Send me a code" }).click();
    await page.getByLabel("Code from the message").fill(await codeOf("phone-code", 6));
    await page.getByRole("button", { name: "Verify", exact: true }).click();
    await page.getByRole("button", { name: "Log out" }).click();
    await page.getByRole("link", { name: "Forgot your password?" }).waitFor();

    await page.getByRole("link", { name: "Forgot your password?" }).click();
    await page.getByText("Enter your phone number. If it has an account, we send a code.").waitFor();
    await page.getByLabel("Phone number").fill("12");
    expect((await focused()) === "recovery-phoneNo", "the field has the focus");
    await page.keyboard.press("Enter");
    await page.locator("#recovery-phoneNo-error").waitFor();
    await lookAtAll(page, "recover-number");
    await page.getByLabel("Phone number").fill(phone);
    await page.keyboard.press("Enter");
    await page.getByText("Enter the code of eight digits and a new password.").waitFor();
    await page.waitForFunction(() => document.activeElement?.id === "view-title");
    await lookAtAll(page, "recover-code");
    const code = await codeOf("recovery-code", 8);
    await page.getByLabel("Code from the message").fill(String((Number(code) + 1) % 100_000_000).padStart(8, "0"));
    await page.getByLabel("New password").fill("iloveyou");
    await page.getByRole("button", { name: "Save the password" }).click();
    await page.locator("#recover-newPassword-error").waitFor();
    await lookAtAll(page, "recover-common", SIZES, ["light"]);
    await page.getByLabel("New password").fill(NEW);
    await page.getByRole("button", { name: "Save the password" }).click();
    await page.locator("#recover-code-error", { hasText: "The code is wrong or has expired." }).waitFor();
    await lookAtAll(page, "recover-wrong", SIZES, ["light"]);
    await page.getByLabel("Code from the message").fill(`${code.slice(0, 4)} ${code.slice(4)}`);
    await page.keyboard.press("Enter");
    await page.getByText("Your password is changed. Log in. Withdrawals wait 24 hours for your safety.").waitFor();
    await page.waitForFunction(() => document.activeElement?.id === "view-title");
    await lookAtAll(page, "recover-done");
    // The address of a step that was done does not show it again.
    await page.reload();
    await page.getByText("Enter your phone number. If it has an account, we send a code.").waitFor();
    // A number without an account shows the same.
    await page.getByLabel("Phone number").fill("+919799999999");
    await page.getByRole("button", { name: "Send me a code" }).click();
    await page.getByText("Enter the code of eight digits and a new password.").waitFor();

    await page.getByRole("link", { name: "Back to log in" }).click();
    await page.getByLabel("Phone number").fill(phone);
    await page.getByLabel("Password").fill(NEW);
    await page.getByRole("button", { name: "Log in", exact: true }).click();
    await page.getByRole("link", { name: "Wallet", exact: true }).click();
    await page.getByLabel("Amount, ₹").first().fill("500");
    await deposit(page);
    await page.getByRole("link", { name: "Play", exact: true }).click();
    await page.locator("main h3 a").first().click();
    await page.getByRole("heading", { name: "Place a bet" }).waitFor();
    await placeBet(page, "10", "A");
  });
  await context.close();
  return faults;
}
