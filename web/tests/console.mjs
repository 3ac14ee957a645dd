// The console in a browser: the stories of operators, cashiers and auditors from the login to the line of the audit
// log, and each view of each role, at 360 and 1,280 pixels, light and dark.

import fs from "node:fs";
import path from "node:path";
import { collectFaults, freePort, startBrowser, startEvens } from "./browser.mjs";
import { forbiddenButtons, opponentChecks, rolesByActs, trafficChecks, withoutSocket } from "./console_checks.mjs";
import { pushedChecks } from "./console_pushed.mjs";
import { SIZES, looks } from "./looks.mjs";
import { PASSWORD, backstage } from "./staff.mjs";
import { ROLES, viewsOf } from "../console/roles.js";

const SHOTS = path.join(process.env.PAGES_SHOTS ?? path.join(import.meta.dirname, "generated", "shots"), "console");
const EXPECTED = /Failed to load resource/;
const REASON = "Reason, for the audit log";
const MARKUP = "<img src=x onerror=alert(1)>";

fs.rmSync(SHOTS, { recursive: true, force: true });
fs.mkdirSync(SHOTS, { recursive: true });

const look = looks(SHOTS);
let passed = 0;
const failures = [];

/** @param {string} name @param {() => Promise<void>} story */
async function check(name, story) {
  const begun = performance.now();
  try {
    await story();
    const wrong = look.take();
    expect(wrong.length === 0, wrong.join("\n"));
    passed += 1;
  } catch (error) {
    failures.push(name);
    await pictures();
    console.error(`FAILED ${name}\n`, error, look.take().join("\n"));
  }
  console.log(`${((performance.now() - begun) / 1000).toFixed(1).padStart(5)} s  ${name}`);
}

/** What a story that failed has left open. */
async function pictures() {
  for (const context of browser.contexts()) {
    for (const page of context.pages()) await page.screenshot({ path: path.join(SHOTS, `left-${failures.length}.png`), fullPage: true });
    await context.close();
  }
}

/** @param {boolean} isTrue @param {string} otherwise */
function expect(isTrue, otherwise) {
  if (!isTrue) throw new Error(otherwise);
}

const metricsPort = await freePort();
const metrics = `http://127.0.0.1:${metricsPort}/metrics`;
const evens = await startEvens({ EVENS_HOLDS: "from=5,four-eyes-above=50", EVENS_METRICS_LISTEN: `127.0.0.1:${metricsPort}` });
const { done, ask, account, funded, giveUp } = backstage(evens);
const browser = await startBrowser();
const faults = [];
const home = `http://localhost:${evens.port}/console/`;

/** A browser of its own for a person. */
async function opened() {
  const context = await browser.newContext({ viewport: SIZES[1], reducedMotion: "reduce", permissions: ["clipboard-write"] });
  context.setDefaultTimeout(30_000);
  faults.push(await collectFaults(context, EXPECTED));
  const page = await context.newPage();
  await page.goto(home);
  return page;
}

/** @param {{ phoneNo: string }} person @param {import("playwright-core").Page} [page] */
async function loggedIn({ phoneNo }, page) {
  const shown = page ?? (await opened());
  await shown.getByLabel("Phone number").fill(phoneNo);
  await shown.getByLabel("Password").fill(PASSWORD);
  await shown.getByRole("button", { name: "Log in" }).click();
  await shown.getByRole("heading", { name: "Overview" }).waitFor();
  return shown;
}

/** @param {import("playwright-core").Page} page @param {string} hash */
async function go(page, hash) {
  await page.evaluate((to) => (location.hash = to), hash);
  await page.locator("main h1").first().waitFor();
  await page.waitForTimeout(300);
}

/** Fills the dialog that is open and confirms it. @param {import("playwright-core").Page} page @param {Record<string, string>} fields @param {string} verb */
async function confirm(page, fields, verb) {
  const dialog = page.getByRole("dialog");
  await dialog.waitFor();
  for (const [label, value] of Object.entries(fields)) await dialog.getByLabel(label).fill(value);
  await dialog.getByRole("button", { name: verb, exact: true }).click();
}

/** The newest line of the audit log about a subject. @param {string} action @param {string} subject */
async function line(action, subject) {
  const { body } = await done("GET", "/api/operator/audit", undefined, auditor.token);
  const found = body.data.filter((one) => one.action === action && one.subject === subject).at(-1);
  if (!found) throw new Error(`the audit log has no line ${action} about ${subject}`);
  return found;
}

const [operator, cashier, second, auditor] = await Promise.all(["operator", "cashier", "cashier", "auditor"].map(account));
const player = await funded("500");
const opponent = await funded("500");

await check("a player has no console, and a wrong password is refused", async () => {
  const page = await opened();
  await page.getByRole("button", { name: "Log in" }).waitFor();
  await look.at(page, "enter");
  await page.getByLabel("Phone number").fill(player.phoneNo);
  await page.getByLabel("Password").fill("not this one");
  await page.getByRole("button", { name: "Log in" }).click();
  await page.getByText("Phone or password is wrong.").waitFor();
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Log in" }).click();
  await page.getByRole("heading", { name: "This account has no console" }).last().waitFor();
  await look.at(page, "no-role", SIZES, ["light"]);
  await page.context().close();
});

await check("a job that was given up is found, understood and sent again", async () => {
  await done("POST", "/api/rounds", { roundId: "cup-final" }, operator.token);
  const placed = await done("POST", "/api/bets", { roundId: "cup-final", side: "A", amount: "30" }, player.token);
  const { betId } = placed.body.data;
  await giveUp("refund", player.userId, { type: "payout", data: { betId } });
  const page = await loggedIn(operator);
  await page.locator(".need").getByText("Dead letters").waitFor();
  await look.at(page, "overview-operator");
  await page.locator(".need").first().click();
  await page.getByText(`refund:${betId}`).waitFor();
  await look.at(page, "dead-letters");
  await page.getByRole("link", { name: "refund", exact: true }).first().click();
  await page.getByText("Return the money").waitFor();
  await look.at(page, "dead-letter");
  await page.getByRole("button", { name: /^Send again/ }).click();
  await page.getByRole("heading", { name: "Send this job again?" }).waitFor();
  const focused = await page.evaluate(() => document.activeElement?.textContent?.trim());
  expect(focused === "Cancel", `the dialog opens on the choice that changes nothing, not on ${focused}`);
  await look.at(page, "dead-letter-dialog");
  const id = decodeURIComponent(page.url().split("#/dead-letters/")[1]);
  await page.getByRole("dialog").getByRole("button", { name: "Send again", exact: true }).click();
  await page.getByText("Fill in this field.").waitFor();
  await confirm(page, { [REASON]: "the table answers again" }, "Send again");
  await page.getByText("The job is in refund again.").first().waitFor();
  const { reason } = await line("redrive-dead-letter", id);
  expect(reason === "the table answers again", reason);
  await page.context().close();
});

await check("all dead letters that match a filter are counted, and deleted after the number is typed", async () => {
  for (let number = 0; number < 2; number += 1) await giveUp("refund", "nobody", { type: "payout", data: { betId: crypto.randomUUID() } });
  const page = await loggedIn(operator);
  await go(page, "#/dead-letters?queue=refund");
  const all = page.getByRole("button", { name: "Delete all that match…" });
  // A letter may still be held by the reader before.
  const isThere = () => all.waitFor({ timeout: 2_000 }).then(() => true, () => false);
  for (let attempt = 0; attempt < 20 && !(await isThere()); attempt += 1) await page.getByRole("button", { name: "Read now" }).click();
  await all.click();
  const title = page.getByRole("heading", { name: /^Delete all \d+ that match\?$/ });
  await title.waitFor();
  const [count] = /\d+/.exec(await title.innerText()) ?? ["0"];
  await page.getByRole("dialog").getByRole("button", { name: "Delete all", exact: true }).click();
  await page.getByText("Fill in this field.").first().waitFor();
  await look.at(page, "dead-letters-typed", SIZES, ["light"]);
  await confirm(page, { [REASON]: "no such bets", [`Type ${count} to go on`]: count }, "Delete all");
  await page.getByText(`${count} dead letters are deleted.`).first().waitFor();
  await page.getByText("No dead letters").waitFor();
  await look.at(page, "dead-letters-none", SIZES, ["light"]);
  await page.context().close();
});

await check("a round is opened, and a stuck one is cancelled", async () => {
  const page = await loggedIn(operator);
  await go(page, "#/rounds");
  await page.getByRole("button", { name: "Open a round" }).click();
  await look.at(page, "round-open-dialog", SIZES, ["light"]);
  await confirm(page, { "Round id": "derby", "Commission on winnings (optional)": "0.025" }, "Open a round");
  await page.getByRole("heading", { name: "derby" }).waitFor();
  await page.getByText("2.5 %").waitFor();
  await done("POST", "/api/bets", { roundId: "derby", side: "A", amount: "240" }, player.token);
  await done("POST", "/api/bets", { roundId: "derby", side: "B", amount: "180" }, opponent.token);
  await page.getByText("180.00").first().waitFor();
  await look.at(page, "round");
  await page.getByRole("button", { name: "Cancel the round" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Cancel the round" }).click();
  await page.getByText("Fill in this field.").first().waitFor();
  await page.getByLabel(REASON).fill("no result will come");
  await page.getByLabel("Type derby to go on").fill("Derby");
  await page.getByRole("dialog").getByRole("button", { name: "Cancel the round" }).click();
  await page.getByText("The text differs. Type it exactly.").waitFor();
  await look.at(page, "round-cancel-dialog");
  await confirm(page, { "Type derby to go on": "derby" }, "Cancel the round");
  await page.getByText("Round derby is cancelled.").first().waitFor();
  const { reason, after } = await line("cancel-round", "derby");
  expect(reason === "no result will come" && /CANCELLED/.test(after), `${reason}, ${after}`);
  await page.context().close();
});

await check("a round is closed, and its draws are made again in the browser", async () => {
  await done("POST", "/api/rounds", { roundId: "monday" }, operator.token);
  await done("POST", "/api/bets", { roundId: "monday", side: "A", amount: "20" }, player.token);
  await done("POST", "/api/bets", { roundId: "monday", side: "B", amount: "20" }, opponent.token);
  const page = await loggedIn(operator);
  await go(page, "#/rounds/monday");
  await page.getByRole("button", { name: "Close", exact: true }).first().click();
  await confirm(page, { [REASON]: "the game begins" }, "Close");
  await page.getByText("Draw verified").first().waitFor();
  const { reason } = await line("close-round", "monday");
  expect(reason === "the game begins", reason);
  await look.at(page, "round-drawn");
  await page.context().close();
});

await check("a held withdrawal is approved by two cashiers", async () => {
  const payee = await done("POST", "/api/payees", { account: "IN12345678" }, opponent.token);
  const order = await done("POST", "/api/withdrawals", { amount: "60", payeeId: payee.body.data.payeeId }, opponent.token);
  const { orderId } = order.body.data;
  const page = await loggedIn(cashier);
  await page.locator(".need").getByText("Held withdrawals").waitFor();
  await look.at(page, "overview-cashier");
  await page.locator(".need").first().click();
  await page.getByRole("link", { name: "60.00" }).click();
  await page.getByText("0 of 2").first().waitFor();
  await look.at(page, "withdrawal");
  await page.getByRole("button", { name: "Approve" }).click();
  await look.at(page, "withdrawal-dialog");
  await confirm(page, { [REASON]: "called the player back" }, "Approve");
  await page.getByText("Another cashier must approve, too.").first().waitFor();
  await page.getByText("1 of 2").first().waitFor();
  const other = await loggedIn(second);
  await go(other, `#/withdrawals/${orderId}`);
  await other.getByRole("button", { name: "Approve" }).click();
  await confirm(other, { [REASON]: "the bank account is theirs" }, "Approve");
  await other.getByText("The withdrawal is approved and is being sent.").first().waitFor();
  const { actor, reason } = await line("approve-withdrawal", orderId);
  expect(actor === second.userId && reason === "the bank account is theirs", `${actor}: ${reason}`);
  for (const shown of [page, other]) await shown.context().close();
});

await check("a login that is too old asks for the password, and the act goes on", async () => {
  const page = await loggedIn(cashier);
  await go(page, `#/users/${player.userId}`);
  await look.at(page, "user-cashier");
  let refused = 0;
  await page.route("**/identity", (route) => {
    if (route.request().method() !== "POST" || refused > 0) return route.fallback();
    refused += 1;
    return route.fulfill({ status: 403, contentType: "application/problem+json", body: JSON.stringify({ type: "urn:evens:problem:login-too-old", code: "login-too-old", title: "", detail: "" }) });
  });
  await page.getByRole("button", { name: "Set the identity status" }).click();
  await confirm(page, { [REASON]: MARKUP }, "Set the identity status");
  await page.getByText("This act needs a login of the last 15 minutes.").waitFor();
  await look.at(page, "login-too-old", SIZES, ["light"]);
  await confirm(page, { Password: PASSWORD }, "Set the identity status");
  await page.getByText("Your decision about the identity is recorded.").first().waitFor();
  const { reason } = await line("note-identity", player.userId);
  expect(reason === MARKUP, reason);
  await page.context().close();
});

await check("an auditor checks the day's log", async () => {
  const page = await loggedIn(auditor);
  await look.at(page, "overview-auditor");
  await go(page, "#/audit");
  await page.getByText(/\d+ lines follow each other/).waitFor();
  await look.at(page, "audit");
  expect((await page.locator("img").count()) === 0, "a reason becomes no element");
  await page.getByLabel("Contains").fill("no result will come");
  await page.getByText(/^1 shown of \d+/).waitFor();
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Download as CSV" }).click()]);
  const rows = fs.readFileSync(await download.path(), "utf8").split("\r\n");
  expect(rows[0].startsWith('"number","at","actor"') && rows.length > 3, rows[0]);
  await page.route(/\/api\/operator\/audit\?/, async (route) => {
    const real = await route.fetch();
    const body = (await real.text()).replace("no result will come", "nothing happened");
    return route.fulfill({ status: real.status(), contentType: "application/json", body });
  });
  await page.reload();
  await page.getByText(/Line \d+ does not follow the one before it/).waitFor();
  await look.at(page, "audit-broken", SIZES, ["light"]);
  await page.context().close();
});

await check("each role sees its views and no other, and the server refuses the rest", async () => {
  for (const person of [operator, cashier, auditor]) {
    const page = await loggedIn(person);
    const shown = await page.locator("#menu a").allInnerTexts();
    expect(shown.length === viewsOf(person.role).length, `${person.role}: ${shown}`);
    for (const { name } of viewsOf(person.role)) {
      await go(page, `#/${name}`);
      expect((await page.getByRole("alert").count()) === 0, `${person.role}, ${name}: a part could not be read`);
      const forbidden = await forbiddenButtons(page, person.role);
      expect(forbidden.length === 0, `${person.role}, ${name}: ${forbidden}`);
      await look.at(page, `${name}-${person.role}`, SIZES, ["light"]);
    }
    await page.setViewportSize(SIZES[0]);
    await page.getByRole("button", { name: "Menu" }).click();
    await look.at(page, `menu-${person.role}`, [SIZES[0]]);
    await page.context().close();
  }
});

/** What some roles read, and no other. @type {[string[], string][]} */
const READS = [
  [["operator", "auditor"], "/api/operator/queues"],
  [["operator", "auditor"], "/api/operator/queues/minutes"],
  [["operator", "auditor"], "/api/operator/sockets"],
  [["operator", "auditor"], "/api/operator/metrics"],
  [["operator", "auditor"], "/api/operator/metrics/minutes"],
  [["operator"], "/api/operator/jackpots/proposals"],
  [["auditor"], "/api/operator/audit"],
];

await check("roles by acts: the server refuses each act that a role has no button for", async () => {
  const people = [operator, cashier, auditor, player];
  const differing = await rolesByActs({ ask, people });
  for (const [roles, at] of READS) {
    for (const person of people) {
      const { status } = await ask("GET", at, undefined, person.token);
      if ((status !== 403) !== roles.includes(person.role)) differing.push(`${at} as ${person.role}: ${status}`);
    }
  }
  expect(differing.length === 0, differing.join("\n"));
});

await check("a player's complaint about a bet is answered: found by phone, and its draw made again", async () => {
  const page = await loggedIn(cashier);
  await go(page, "#/users");
  await page.locator("#find-kind").selectOption("phone");
  await page.locator("#find-name").fill(player.phoneNo);
  await page.getByRole("button", { name: "Find" }).click();
  await page.getByText(player.phoneNo).first().waitFor();
  await page.getByRole("link", { name: "Bets", exact: true }).click();
  await page.getByRole("row").filter({ hasText: "monday" }).getByRole("link").first().click();
  await page.getByText("Draw verified").first().waitFor();
  await look.at(page, "user-bet-verified");
  await page.context().close();
});

// An account has a budget of logins, and the stories use up most of the operator's.
const [watcher, third] = [await account("operator"), await account("cashier")];
await trafficChecks({ check, expect, look, metrics, loggedIn: () => loggedIn(watcher) });
await done("POST", "/api/rounds", { roundId: "pairs" }, operator.token);
await opponentChecks({ check, expect, look, done, go, pair: await Promise.all([funded("100"), funded("100")]), loggedIn: () => loggedIn(third) });
await pushedChecks({ check, expect, look, done, go, operator: () => loggedIn(watcher), cashier: () => loggedIn(third), player, opponent });

await check("an answer that fails says so, and can be tried again", async () => {
  const page = await loggedIn(operator);
  await withoutSocket(page);
  await page.route("**/api/operator/queues", (route) =>
    route.fulfill({ status: 500, contentType: "application/problem+json", body: JSON.stringify({ type: "urn:evens:problem:internal", code: "internal", title: "", detail: "", requestId: "01a27c4e-90b1-4c11-8e1f-000000000000" }) }),
  );
  await page.reload();
  await go(page, "#/queues");
  await page.getByText("This could not be read").waitFor();
  await look.at(page, "failed", SIZES, ["light"]);
  await page.unrouteAll({ behavior: "ignoreErrors" });
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByRole("cell", { name: "0" }).first().waitFor();
  await page.context().setOffline(true);
  await page.getByText("No connection").waitFor();
  await look.at(page, "offline", SIZES, ["light"]);
  await page.context().setOffline(false);
  await page.locator(".link").getByText("every 5 s").waitFor();
  await page.context().close();
});

await check("text twice as large still fits on a phone", async () => {
  const page = await loggedIn(operator);
  await page.setViewportSize(SIZES[0]);
  for (const hash of ["#/overview", "#/queues", "#/rounds/monday", "#/dead-letters"]) {
    await go(page, hash);
    await page.evaluate(() => (document.documentElement.style.fontSize = "200%"));
    await page.waitForTimeout(300);
    const [wide, seen] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
    expect(wide <= seen, `${hash}: ${wide} > ${seen}`);
  }
  await page.context().close();
});

await check("nothing was an error, and nothing was against the policy", async () => {
  expect(faults.flat().length === 0, faults.flat().join("\n"));
});

expect(ROLES.length === 3, "each role has its checks");
await browser.close();
await evens.stop();
console.log(`screenshots: ${SHOTS}`);
console.log(`${passed} passed, ${failures.length} failed`);
process.exitCode = failures.length ? 1 : 0;
