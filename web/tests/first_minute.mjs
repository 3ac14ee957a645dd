// The first minute of a newcomer, by clicks alone: two players in one browser, from the page to a verified draw. Prints
// how long each step took, and fails where all of them took more than a minute.

import { collectFaults, deposit, placeBet, signUp, startBrowser, startEvens } from "./browser.mjs";

const SECONDS_MAX = 60;

const evens = await startEvens();
const browser = await startBrowser();
const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
context.setDefaultTimeout(30_000);
const faults = await collectFaults(context);

const begun = performance.now();
let last = begun;
/** @param {string} name */
function step(name) {
  const now = performance.now();
  const seconds = (from) => ((now - from) / 1000).toFixed(1).padStart(5);
  console.log(`${seconds(last)} s  ${seconds(begun)} s  ${name}`);
  last = now;
}

try {
  console.log("  step    total");
  const first = await context.newPage();
  await first.goto(`http://localhost:${evens.port}/`);
  await first.getByRole("button", { name: "Sign me up" }).waitFor();
  step("the page is there");

  await signUp(first);
  step("the first player has signed up");
  await deposit(first);
  step("their deposit of 500.00 is credited");

  await first.getByRole("link", { name: "See open rounds" }).click();
  await first.locator("main h3 a").first().click();
  await placeBet(first, "100", "A");
  step("they have bet 100.00 on A in the quick round");

  const link = first.getByRole("link", { name: "Open a second player" });
  const [second] = await Promise.all([context.waitForEvent("page"), link.click()]);
  await signUp(second);
  step("the second player has signed up, at the other name of this machine");
  await deposit(second);
  step("their deposit of 500.00 is credited");

  await second.getByRole("link", { name: "Back to Quick" }).click();
  await placeBet(second, "100", "B");
  step("they have bet 100.00 on B");

  const verified = (page) => page.locator("main").getByText("Draw verified").first().waitFor();
  await Promise.all([verified(first), verified(second)]);
  step("the round has closed, and both pages have verified the draw");

  const results = await Promise.all([first, second].map((page) => page.locator("main .verdict").innerText()));
  const won = results.filter(
    (text) => text.startsWith("You won +100.00") && text.includes("200.00 was paid into your balance."),
  );
  if (won.length !== 1)
    throw new Error(`one player wins 100.00 and is paid 200.00, but the pages say: ${results.join(" / ")}`);
  await first.getByRole("link", { name: "Draw verified" }).first().click();
  await first.getByText("The seed has the hash that you saw before your bet").waitFor();
  await first.getByText("Your bet's nonce has the hash that you got with your bet").waitFor();
  step("each step of the verification is shown");

  if (faults.length) throw new Error(`faults in the pages:\n${faults.join("\n")}`);
  const seconds = (performance.now() - begun) / 1000;
  if (seconds > SECONDS_MAX) throw new Error(`it took ${seconds.toFixed(1)} s, more than ${SECONDS_MAX} s`);
  console.log("1 passed, 0 failed");
} catch (error) {
  console.error(error);
  console.log("0 passed, 1 failed");
  process.exitCode = 1;
} finally {
  await browser.close();
  await evens.stop();
}
