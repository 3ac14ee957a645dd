// Every view and every state of the player page, in a browser: 360 and 1,280 pixels, light and dark. Looks for
// accessibility faults (axe), errors of the console, violations of the content policy and clipped text, and writes a
// screenshot of each where PAGES_SHOTS names a folder.

import { accountChecks } from "./account_checks.mjs";
import { answerWith } from "./answers.mjs";
import { betsChecks } from "./bets_checks.mjs";
import { clockChecks } from "./clock_checks.mjs";
import { collectFaults, deposit, placeBet, signUp, startBrowser, startEvens } from "./browser.mjs";
import { gameChecks } from "./game_checks.mjs";
import { languageChecks } from "./language_checks.mjs";
import { lostChecks } from "./lost_checks.mjs";
import { SIZES, check, expect, lookAtAll, results } from "./look.mjs";
import { namesChecks } from "./names_checks.mjs";
import { recoveryChecks } from "./recovery_checks.mjs";
import { STATES } from "./states.mjs";
import { newsChecks, tabChecks } from "./tab_checks.mjs";
import { translationChecks } from "./translated.mjs";

const NAME = "<img src=x onerror=alert(1)>";

/** Errors of the console that the checks provoke: refusals that they answer, and the connection that they cut. */
const EXPECTED = /Failed to load resource|WebSocket connection to/;

const evens = await startEvens();
const browser = await startBrowser();
const context = await browser.newContext({
  viewport: SIZES[1],
  reducedMotion: "reduce",
  permissions: ["clipboard-write"],
});
context.setDefaultTimeout(15_000);
const faults = await collectFaults(context, EXPECTED);
const home = `http://localhost:${evens.port}/`;
const page = await context.newPage();

/** @param {string} hash @param {string} [text] A text by which the view is recognised. */
async function go(hash, text) {
  await page.goto(`${home}${hash}`);
  await page.locator("main h1").first().waitFor();
  if (text) await page.getByText(text).first().waitFor();
}

/** @type {{ round: string, bet: string, room: string }} */
const made = { round: "", bet: "", room: "" };

await check("a visitor enters", async () => {
  await page.goto(home);
  await page.getByRole("button", { name: "Sign me up" }).waitFor();
  await lookAtAll(page, "enter");
  await page.getByRole("link", { name: "Sign up" }).click();
  await page.getByRole("button", { name: "Sign up", exact: true }).waitFor();
  await page.getByLabel("Phone number").fill("12");
  await page.getByLabel("Password").fill("x");
  await page.getByRole("button", { name: "Sign up", exact: true }).click();
  await page.locator("[aria-invalid=true]").first().waitFor();
  await lookAtAll(page, "enter-wrong", SIZES, ["light"]);
  await page.getByRole("link", { name: "Log in" }).click();
  // Before that, the fields are those of the sign-up.
  await page.getByRole("button", { name: "Log in", exact: true }).waitFor();
  await page.getByLabel("Phone number").fill("+919812345678");
  await page.getByLabel("Password").fill("not this one");
  await page.getByRole("button", { name: "Log in", exact: true }).click();
  await page.getByText("Phone or password is wrong.").waitFor();
});

await check("a player signs up, deposits, and is called by any name", async () => {
  await go("#/enter");
  await signUp(page);
  await lookAtAll(page, "wallet-empty", SIZES, ["light"]);
  await page.getByLabel("Amount, ₹").first().fill("0.50");
  await page.getByRole("button", { name: "Open the pay page" }).click();
  await page.getByText(/^Deposit 1\.00 to/).waitFor();
  expect(context.pages().length === 1, "an amount out of range opens no tab");
  await page.getByLabel("Amount, ₹").first().fill("500");
  await page.getByRole("link", { name: "Bets", exact: true }).click();
  await page.getByText("No bets yet").waitFor();
  await lookAtAll(page, "bets-empty", SIZES, ["light"]);
  await page.getByRole("link", { name: "Wallet", exact: true }).click();
  await deposit(page);
  await page.getByRole("link", { name: "Me", exact: true }).click();
  await page.getByText("Change your name").click();
  await page.getByLabel("Name").fill(NAME);
  await page.getByRole("button", { name: "Save the name" }).click();
  await page.getByText("Your name was saved.").first().waitFor();
  expect((await page.locator(".whose").innerText()) === NAME, "the header shows the name as it was typed");
  expect((await page.locator("img").count()) === 0, "a name becomes no element");
  await lookAtAll(page, "me");
});

await check("a bet waits, and a second player is a link away", async () => {
  await page.getByRole("link", { name: "Play", exact: true }).click();
  await page.locator("main h3 a").first().waitFor();
  await lookAtAll(page, "play");
  await page.locator("main h3 a").first().click();
  made.round = decodeURIComponent(page.url().split("#/round/")[1]);
  await page.getByRole("heading", { name: "Place a bet" }).waitFor();
  await lookAtAll(page, "round");
  await placeBet(page, "100", "A", 150);
  await page.getByRole("link", { name: "Open a second player" }).waitFor();
  await page.waitForTimeout(300);
  expect((await page.locator("[aria-labelledby=mine] li").count()) === 1, "a double click is one bet");
  await page.getByRole("button", { name: "Close" }).click();
  await lookAtAll(page, "round-waiting");
});

await check("a part of a bet is taken back", async () => {
  await page.getByRole("button", { name: "Take back 100.00" }).click();
  await page.getByRole("heading", { name: "Take back 100.00?" }).waitFor();
  const focused = await page.evaluate(() => document.activeElement?.textContent?.trim());
  expect(focused === "Keep it waiting", `the dialog opens on the choice that changes nothing, not on ${focused}`);
  await lookAtAll(page, "take-back");
  await page.getByRole("button", { name: "Keep it waiting" }).click();
  // Until the dialog is gone, nothing else takes the focus, and text that is typed is lost.
  await page.waitForFunction(() => document.activeElement?.textContent?.trim() === "Take back 100.00");
  await placeBet(page, "20", "A");
  await page.getByRole("button", { name: "Take back 20.00" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Take back 20.00" }).click();
  await page.getByText("20.00 returned").first().waitFor();
});

await check("a second player meets it in part", async () => {
  const other = await context.newPage();
  await other.goto(`http://127.0.0.1:${evens.port}/#/round/${made.round}?side=B`);
  await signUp(other);
  await deposit(other);
  await other.getByRole("link", { name: "Back to" }).click();
  await placeBet(other, "60", "B");
  await page.getByText("60.00 matched").first().waitFor();
  await lookAtAll(page, "round-matched", SIZES, ["light"]);
  await other.close();
});

await check("the round closes, and the page verifies its draw", async () => {
  await page.locator("main").getByText("Draw verified").first().waitFor({ timeout: 20_000 });
  await page
    .getByRole("button", { name: "Close" })
    .click({ timeout: 1_000 })
    .catch(() => null);
  await lookAtAll(page, "round-closed");
  expect(
    (await page.locator("main").getByRole("link", { name: "Draw verified" }).count()) === 1,
    "a bet that came back has no draw",
  );
  await page.locator("main").getByRole("link", { name: "Draw verified" }).first().click();
  await page.getByText("The seed has the hash that you saw before your bet").waitFor();
  made.bet = page.url().split("#/verify/")[1];
  await page.getByText("Do it by hand").click();
  await lookAtAll(page, "verify");
});

await check("lists and single things are there", async () => {
  await go("#/bets", "Quick");
  await lookAtAll(page, "bets");
  await go(`#/bets/${made.bet}`, "Matches");
  await lookAtAll(page, "bet");
  await go("#/wallet", "Balance after");
  await lookAtAll(page, "wallet");
  await go("#/verify", "How it works");
  await lookAtAll(page, "verify-choose", SIZES, ["light"]);
  await go("#/round/no-such-round", "There is no round");
  await lookAtAll(page, "round-missing", SIZES, ["light"]);
});

made.room = await gameChecks({ page, go });
await accountChecks({ page, go });
await lostChecks({ page, go, room: made.room });
await newsChecks({ page, go });
await translationChecks({ page, go, room: made.room });

for (const state of STATES) {
  await check(`state: ${state.name}`, async () => {
    const shown = state.isUnpushed ? await context.newPage() : page;
    if (state.isUnpushed) await shown.routeWebSocket(/\/live$/, (socket) => socket.close());
    await shown.goto("about:blank");
    await answerWith(shown, state.answers);
    await shown.goto(home + state.hash.replace("{bet}", made.bet).replace("{room}", made.room));
    await shown.locator("main h1").first().waitFor();
    await state.act?.(shown);
    for (const text of state.shows) await shown.getByText(text).first().waitFor();
    await lookAtAll(shown, `state-${state.name.replace(/\W+/g, "-")}`, SIZES, ["light"]);
    await shown.unrouteAll({ behavior: "ignoreErrors" });
    if (shown !== page) await shown.close();
  });
}

await check("without a connection the page says so, keeps what was typed, and comes back", async () => {
  await go("#/play");
  await page.locator("main h3 a").first().click();
  await page.getByLabel("Stake,").fill("33.50");
  await context.setOffline(true);
  await page.getByText("No connection").waitFor();
  const button = page.getByRole("button", { name: "Bet 33.50 on A" });
  expect((await button.getAttribute("aria-disabled")) === "true", "the button waits");
  await button.click({ force: true });
  await lookAtAll(page, "offline");
  await page.getByRole("link", { name: "Me", exact: true }).click();
  await page.getByRole("button", { name: "Try again" }).first().waitFor();
  await context.setOffline(false);
  await page.locator(".link").getByText("live").waitFor();
  await page.getByRole("button", { name: "Try again" }).first().waitFor({ state: "detached" });
  await page.goBack();
  expect((await page.getByLabel("Stake,").inputValue()) === "33.50", "what was typed stays");
});

await check("without a socket the page polls", async () => {
  const other = await context.newPage();
  await other.routeWebSocket(/\/live$/, (socket) => socket.close());
  const polled = other.waitForResponse((response) => response.url().includes("/api/live?") && response.ok());
  await other.goto(`${home}#/play`);
  await polled;
  await other.locator(".link").getByText("every 5 s").waitFor();
  await lookAtAll(other, "poll", SIZES, ["light"]);
  await other.close();
});

await check("two tabs refresh one session", async () => {
  const other = await context.newPage();
  await other.goto(`${home}#/wallet`);
  await Promise.all([go("#/wallet", "Balance after"), other.getByText("Balance after").first().waitFor()]);
  let refreshes = 0;
  await context.route("**/api/users/refresh", (route) => {
    refreshes += 1;
    return route.continue();
  });
  const refused = new Set();
  await context.route("**/api/wallet", (route) => {
    const from = route.request().frame().page();
    if (refused.has(from)) return route.continue();
    refused.add(from);
    return route.fulfill({
      status: 401,
      contentType: "application/problem+json",
      body: JSON.stringify({ type: "urn:evens:problem:unauthorized", code: "unauthorized", title: "", detail: "" }),
    });
  });
  for (const tab of [page, other]) await tab.evaluate(() => (location.hash = "#/me"));
  await Promise.all([page, other].map((tab) => tab.evaluate(() => (location.hash = "#/wallet"))));
  await Promise.all([page, other].map((tab) => tab.getByText("Balance after").first().waitFor()));
  await page.waitForTimeout(1_000);
  expect(refused.size === 2, `each tab was refused once, ${refused.size}`);
  expect(refreshes >= 1 && refreshes <= 2, `${refreshes} refreshes`);
  for (const tab of [page, other]) expect((await tab.getByText("Your session has ended").count()) === 0, "both go on");
  await context.unrouteAll({ behavior: "ignoreErrors" });
  await other.close();
});

await check("the keyboard alone is enough", async () => {
  await page.setViewportSize(SIZES[1]);
  await page.goto("about:blank");
  await go("#/play");
  await page.locator("main h3 a").first().waitFor();
  const press = (key) => page.keyboard.press(key);
  const focused = () => page.evaluate(() => document.activeElement?.id || document.activeElement?.textContent?.trim());
  await press("Tab");
  expect((await focused()) === "Skip to the content", `first comes the way past the header, not ${await focused()}`);
  await press("Enter");
  expect((await focused()) === "views", "the view has the focus");
  await press("Tab");
  const outline = await page.evaluate(
    () =>
      getComputedStyle(/** @type {Element} */ (document.activeElement).closest(".card-link") ?? document.body)
        .outlineStyle,
  );
  expect(outline === "solid", "what has the focus is seen");
  await press("Enter");
  await page.getByRole("heading", { name: "Place a bet" }).waitFor();
  expect((await focused()) === "view-title", `a new view has the focus on its heading, not ${await focused()}`);
  for (let tabs = 0; tabs < 12 && !(await focused())?.endsWith("-stake"); tabs += 1) await press("Tab");
  await press("Control+A");
  await page.keyboard.type("15");
  await press("Enter");
  await page.getByText("Bet of 15.00 on A placed").first().waitFor();
  const said = await page.locator("p[role=status]").last().textContent();
  expect(/Bet of 15\.00 on A placed/.test(said ?? ""), "a screen reader is told");
});

await clockChecks({ browser, evens, home });
await tabChecks({ browser, home });
await namesChecks({ page, go, evens });
await betsChecks({ browser, evens, home });
faults.push(...(await recoveryChecks({ browser, evens, home, collect: (own) => collectFaults(own, EXPECTED) })));

await languageChecks({ page, go, room: made.room, bet: made.bet });

await check("logging out ends the session in both tabs", async () => {
  const other = await context.newPage();
  await other.goto(`${home}#/wallet`);
  await other.getByText("Balance after").first().waitFor();
  await page.setViewportSize(SIZES[1]);
  await go("#/me");
  await page.getByRole("button", { name: "Log out" }).click();
  await Promise.all([page, other].map((tab) => tab.getByRole("button", { name: "Sign me up" }).waitFor()));
  await other.close();
});

await check("nothing was an error, and nothing was against the policy", async () => {
  expect(faults.length === 0, faults.join("\n"));
});

await browser.close();
await evens.stop();
const { passed, failed } = results();
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed ? 1 : 0;
