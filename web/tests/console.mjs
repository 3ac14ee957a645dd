// The console in a browser: the stories of operators, cashiers and auditors from the login to the line of the audit
// log, and each view of each role, at 360 and 1,280 pixels, light and dark.

import fs from "node:fs";
import { problem } from "./answers.mjs";
import {
  forbiddenButtons,
  opponentChecks,
  rolesByActs,
  strangeBrowserChecks,
  switchChecks,
  trafficChecks,
  withoutSocket,
} from "./console_checks.mjs";
import { letterChecks } from "./console_letters.mjs";
import { listChecks } from "./console_lists.mjs";
import { pushedChecks } from "./console_pushed.mjs";
import { confirm, expect, go, setUp } from "./console_setup.mjs";
import { consoleTabChecks } from "./console_tabs.mjs";
import { statementChecks } from "./console_statement.mjs";
import { workChecks } from "./console_work.mjs";
import { SIZES } from "./looks.mjs";
import { PASSWORD } from "./staff.mjs";
import { ROLES, viewsOf } from "../console/roles.js";

const REASON = "Reason, for the audit log";
const MARKUP = "<img src=x onerror=alert(1)>";

const { done, ask, account, funded, giveUp, look, check, opened, loggedIn, faults, end, metrics } = await setUp();

/** What most groups of checks need. */
const tools = { check, expect, look, done, go, confirm };

/** The newest line of the audit log about a subject. @param {string} action @param {string} subject */
async function line(action, subject) {
  let found;
  for (let after = 0; after !== null;) {
    const { body } = await done("GET", `/api/operator/audit?after=${after}`, undefined, auditor.token);
    found = body.data.findLast((one) => one.action === action && one.subject === subject) ?? found;
    after = body.nextAfter;
  }
  if (!found) throw new Error(`the audit log has no line ${action} about ${subject}`);
  return found;
}

const [operator, cashier, second, auditor] = await Promise.all(
  ["operator", "cashier", "cashier", "auditor"].map(account),
);
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

await switchChecks({
  ...tools,
  loggedIn: () => loggedIn(operator),
  bet: () => ask("POST", "/api/bets", { roundId: "paused", side: "A", amount: "1" }, player.token),
});

await strangeBrowserChecks({ ...tools, opened, loggedIn, operator, cashier, player });

await consoleTabChecks({ ...tools, opened, loggedIn, people: [cashier, second], player, auditor });

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
  for (let number = 0; number < 2; number += 1)
    await giveUp("refund", "nobody", { type: "payout", data: { betId: crypto.randomUUID() } });
  const page = await loggedIn(operator);
  await go(page, "#/dead-letters?queue=refund");
  const all = page.getByRole("button", { name: "Delete all that match…" });
  // A letter may still be held by the reader before.
  const isThere = () =>
    all.waitFor({ timeout: 2_000 }).then(
      () => true,
      () => false,
    );
  for (let attempt = 0; attempt < 20 && !(await isThere()); attempt += 1)
    await page.getByRole("button", { name: "Read now" }).click();
  await all.click();
  const title = page.getByRole("heading", { name: /^Delete all that match \(\d+\)\?$/ });
  await title.waitFor();
  const [count] = /\d+/.exec(await title.innerText()) ?? ["0"];
  await page.getByRole("dialog").getByRole("button", { name: "Delete all", exact: true }).click();
  await page.getByText("Fill in this field.").first().waitFor();
  await look.at(page, "dead-letters-typed", SIZES, ["light"]);
  await confirm(page, { [REASON]: "no such bets", [`Type ${count} to go on`]: count }, "Delete all");
  await page.getByText(`Deleted: ${count}.`).first().waitFor();
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
  // A match that was not settled by then is found by the sweeper, within a minute.
  await page.getByText("Draw verified").first().waitFor({ timeout: 90_000 });
  const { reason } = await line("close-round", "monday");
  expect(reason === "the game begins", reason);
  await look.at(page, "round-drawn");
  await page.context().close();
});

await check("a held withdrawal is approved by two cashiers", async () => {
  const payee = await done("POST", "/api/payees", { account: "IN12345678" }, opponent.token);
  const order = await done(
    "POST",
    "/api/withdrawals",
    { amount: "60", payeeId: payee.body.data.payeeId },
    opponent.token,
  );
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
    return route.fulfill(problem("login-too-old", 403));
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
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Download as CSV" }).click(),
  ]);
  const rows = fs.readFileSync(await download.path(), "utf8").split("\r\n");
  // Spreadsheets read the file as UTF-8 only with the mark at its beginning.
  expect(rows[0].startsWith('\ufeff"number","at","actor"') && rows.length > 3, rows[0]);
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
    expect(shown.length === viewsOf(person.role).filter(({ group }) => group).length, `${person.role}: ${shown}`);
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
await trafficChecks({ ...tools, metrics, loggedIn: () => loggedIn(watcher) });
await done("POST", "/api/rounds", { roundId: "pairs" }, operator.token);
await opponentChecks({
  ...tools,
  pair: await Promise.all([funded("100"), funded("100")]),
  loggedIn: () => loggedIn(third),
});
const fourth = await account("operator");
await letterChecks({
  ...tools,
  ask,
  giveUp,
  funded,
  operator: () => loggedIn(fourth),
  token: fourth.token,
  cashier: () => loggedIn(third),
  cashierToken: third.token,
});
await pushedChecks({ ...tools, operator: () => loggedIn(watcher), cashier: () => loggedIn(third), player, opponent });

const records = await account("auditor");
await listChecks({
  ...tools,
  operator: () => loggedIn(fourth),
  token: fourth.token,
  auditor: async (begin) => loggedIn(records, await opened(begin)),
});

const [fifth, payer] = [await account("operator"), await account("cashier")];
await workChecks({
  ...tools,
  funded,
  operator: () => loggedIn(fifth),
  operatorToken: fifth.token,
  cashier: () => loggedIn(payer),
  cashierToken: payer.token,
});

const teller = await account("cashier");
await statementChecks({ ...tools, line, cashier: () => loggedIn(teller), userId: teller.userId });

await check("an answer that fails says so, and can be tried again", async () => {
  const page = await loggedIn(fifth);
  await withoutSocket(page);
  await page.route("**/api/operator/queues", (route) => route.fulfill(problem("internal", 500)));
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

await check("nothing was an error, and nothing was against the policy", async () => {
  expect(faults.flat().length === 0, faults.flat().join("\n"));
});

expect(ROLES.length === 3, "each role has its checks");
await end();
