// Checks of tabs that share a browser: one account for each, a storage that may be blocked, a socket that may be dead.

import { answerWith, limits, problem } from "./answers.mjs";
import { signUp } from "./browser.mjs";
import { check, expect, lookAtAll, SIZES } from "./look.mjs";

/** @typedef {import("playwright-core").Page} Page */
/** @typedef {import("playwright-core").Browser} Browser */

const PASSWORD = "a secret of this tab";

/** A first sign-up or login by the form. @param {Page} page @param {string} phone @param {boolean} isNew */
async function enter(page, phone, isNew) {
  await page.getByRole("link", { name: isNew ? "Sign up" : "Log in", exact: true }).click();
  await page.getByRole("button", { name: isNew ? "Sign up" : "Log in", exact: true }).waitFor();
  await page.getByLabel("Phone number").fill(phone);
  await page.getByLabel("Password").fill(PASSWORD);
  if (isNew) await page.getByLabel("Name (optional)").fill(`Player ${phone.slice(-3)}`);
  await page.getByRole("button", { name: isNew ? "Sign up" : "Log in", exact: true }).click();
}

const phoneOf = () => `+9198${String(Math.floor(Math.random() * 1e8)).padStart(8, "0")}`;

/** The account of each request that needs one, as its token says. @param {Page} page */
function actors(page) {
  /** @type {Set<string>} */
  const found = new Set();
  page.on("request", (request) => {
    const { authorization } = request.headers();
    if (authorization) found.add(JSON.parse(Buffer.from(authorization.split(".")[1], "base64url").toString()).sub);
  });
  return found;
}

/** @typedef {{ home: string, fresh: (options?: object) => Promise<import("playwright-core").BrowserContext> }} Parts */

/** @param {{ browser: Browser, home: string }} parts */
export async function tabChecks({ browser, home }) {
  /** A browser of its own, without a session. @param {object} [options] */
  async function fresh(options) {
    const context = await browser.newContext({ viewport: SIZES[1], reducedMotion: "reduce", ...options });
    context.setDefaultTimeout(15_000);
    return context;
  }
  await accountOfTabChecks({ home, fresh });
  await storageChecks({ home, fresh });
  await connectionChecks({ home, fresh });
  await reminderCheck({ home, fresh });
}

/** @param {Parts} parts */
async function accountOfTabChecks({ home, fresh }) {
  await check("a tab stops when another account logs in in its browser, and never acts for that account", async () => {
    const context = await fresh();
    const [first, second] = [await context.newPage(), await context.newPage()];
    for (const page of [first, second]) {
      await page.goto(`${home}#/enter`);
      await page.getByRole("button", { name: "Sign me up" }).waitFor();
    }
    const acted = actors(first);
    await enter(first, phoneOf(), true);
    await first.getByRole("heading", { name: "Deposit", exact: true }).waitFor();
    const own = [...acted];
    expect(own.length === 1, `${own}`);
    await first.evaluate(() => (location.hash = "#/me"));
    await first.getByText("Copy link").waitFor();
    const phone = phoneOf();
    await enter(second, phone, true);
    await second.getByRole("heading", { name: "Deposit", exact: true }).waitFor();
    await first.getByText("Another account is logged in in this browser").first().waitFor();
    await first.getByText(/^This tab belonged to Player \d+\. It has stopped/).waitFor();
    await lookAtAll(first, "replaced");
    expect((await first.locator(".purse").count()) === 0, "nothing of the account is shown any more");
    await first.waitForTimeout(1_500);
    expect(
      [...acted].every((user) => user === own[0]),
      `it acted for ${[...acted]}, and belongs to ${own}`,
    );
    expect((await second.getByText("Another account").count()) === 0, "the other tab goes on");
    await first.getByRole("button", { name: "Go on as the other account" }).click();
    await first.getByRole("heading", { name: "Open rounds" }).waitFor();
    await first.getByRole("link", { name: `Player ${phone.slice(-3)}` }).waitFor();
    await context.close();
  });

  await check("a frozen tab asks before it acts, and its log-out leaves the other session alone", async () => {
    const context = await fresh();
    // This tab hears nothing of the others.
    await context.addInitScript(() => {
      if (location.hash.includes("deaf")) Object.defineProperty(BroadcastChannel.prototype, "onmessage", { set() {} });
    });
    const [first, second] = [await context.newPage(), await context.newPage()];
    await second.goto(`${home}#/enter`);
    await second.getByRole("button", { name: "Sign me up" }).waitFor();
    await first.goto(`${home}#/enter?deaf=1`);
    await signUp(first);
    const acted = actors(first);
    await signUp(second);
    await first.getByRole("link", { name: "Me", exact: true }).click();
    await first.getByText("Another account is logged in in this browser").first().waitFor();
    expect(acted.size <= 1, `${[...acted]}`);
    await second.reload();
    await second.getByText("Balance").first().waitFor();
    await context.close();
  });
}

/** @param {Parts} parts */
async function storageChecks({ home, fresh }) {
  await check("with a blocked storage the page works, and says what it does not keep", async () => {
    const context = await fresh();
    await context.addInitScript(() => {
      for (const name of ["localStorage", "sessionStorage"]) {
        Object.defineProperty(globalThis, name, {
          get: () => {
            throw new DOMException("denied", "SecurityError");
          },
        });
      }
      navigator.locks.request = () => Promise.reject(new DOMException("denied", "SecurityError"));
      Object.defineProperty(Navigator.prototype, "cookieEnabled", { get: () => false });
    });
    const page = await context.newPage();
    /** @type {string[]} */
    const thrown = [];
    page.on("pageerror", (error) => thrown.push(String(error)));
    await page.goto(home);
    await page.getByText("This browser keeps no data of this page.").waitFor();
    await lookAtAll(page, "storage-blocked", SIZES, ["light"]);
    await page.locator(".banner").getByRole("button", { name: "Close" }).click();
    await signUp(page);
    await page.getByRole("link", { name: "Me", exact: true }).click();
    await page.getByLabel("Colours").selectOption("dark");
    await page.getByText("Copy link").waitFor();
    expect((await context.cookies()).length === 0, "a refused cookie is not asked for");
    expect(thrown.length === 0, thrown.join("\n"));
    await context.close();
  });

  await check("a full storage is told once it matters", async () => {
    const context = await fresh();
    await context.addInitScript(() => {
      Storage.prototype.setItem = () => {
        throw new DOMException("full", "QuotaExceededError");
      };
    });
    const page = await context.newPage();
    await page.goto(home);
    await signUp(page);
    await page.getByText("The storage of this browser is full.").waitFor();
    await lookAtAll(page, "storage-full", SIZES, ["light"]);
    await context.close();
  });
}

/** @param {Parts} parts */
async function connectionChecks({ home, fresh }) {
  await check("a firewall's refusal ends no session", async () => {
    const context = await fresh();
    const page = await context.newPage();
    await page.goto(home);
    await signUp(page);
    const wall = { status: 403, contentType: "text/html", body: "<html>This site is not permitted here</html>" };
    await page.route(/\/api\//, (route) =>
      route.request().url().includes("refresh") ? route.fulfill({ ...wall, status: 401 }) : route.fulfill(wall),
    );
    await page.reload();
    await page.getByText("The service did not answer properly.").first().waitFor();
    await page.unrouteAll({ behavior: "ignoreErrors" });
    await page.reload();
    await page.getByRole("heading", { name: "Deposit", exact: true }).waitFor();
    expect((await page.getByText("Your session has ended").count()) === 0, "the session goes on");
    await context.close();
  });

  await check("a dead socket is noticed within 15 seconds", async () => {
    const context = await fresh();
    const page = await context.newPage();
    let isDead = false;
    await page.routeWebSocket(/\/live$/, (socket) => {
      const server = socket.connectToServer();
      socket.onMessage((message) => isDead || server.send(message));
      server.onMessage((message) => isDead || socket.send(message));
    });
    await page.goto(home);
    await signUp(page);
    const link = page.locator(".link");
    await link.getByText("live").waitFor();
    isDead = true;
    const begun = performance.now();
    await link.getByText(/connecting|every 5 s|No connection/).waitFor({ timeout: 20_000 });
    const seconds = (performance.now() - begun) / 1000;
    console.log(`        noticed after ${seconds.toFixed(1)} s`);
    expect(seconds <= 17, `${seconds} s`);
    isDead = false;
    await link.getByText("live").waitFor({ timeout: 20_000 });
    isDead = true;
    const moved = performance.now();
    await page.getByRole("link", { name: "Play", exact: true }).click();
    await link.getByText(/connecting|every 5 s|No connection/).waitFor({ timeout: 20_000 });
    const afterMessage = (performance.now() - moved) / 1000;
    console.log(`        noticed ${afterMessage.toFixed(1)} s after a message`);
    expect(afterMessage <= 6, `${afterMessage} s`);
    await context.close();
  });
}

/** @param {Parts} parts */
async function reminderCheck({ home, fresh }) {
  await check("the reminder comes when it is due, and no error stays after it", async () => {
    const context = await fresh();
    const page = await context.newPage();
    await page.goto(home);
    await signUp(page);
    let dueAt = Date.now() + 4_000;
    const reminder = () => {
      const [playingSince, due] = [dueAt - 3_600_000, dueAt].map((moment) => new Date(moment).toISOString());
      return limits([], { everyMinutes: 60, playingSince, dueAt: due });
    };
    await page.goto(`${home}#/play`);
    await answerWith(page, {
      "GET /api/limits": (/** @type {any} */ route) => route.fulfill(reminder()),
      "POST /api/limits/reality-check/acknowledge": (/** @type {any} */ route) => {
        dueAt += 3_600_000;
        return route.fulfill(reminder());
      },
      "POST /api/bets": problem("reality-check-due", 409, { detail: "Answer the reminder first." }),
    });
    await page.reload();
    // Nothing is pressed.
    await page.getByText(/^You have played since/).waitFor({ timeout: 8_000 });
    await page.getByRole("button", { name: "Take a break" }).click();
    await page.getByRole("link", { name: "Play", exact: true }).click();
    await page.locator("main h3 a").first().click();
    await page.getByRole("button", { name: "Bet 10.00 on A" }).click();
    await page.getByText("Answer the reminder first.").waitFor();
    await page.getByRole("button", { name: "Play on" }).click();
    await page.getByText(/^You have played since/).waitFor({ state: "detached" });
    expect((await page.getByText("Answer the reminder first.").count()) === 0, "the error is gone");
    await context.close();
  });
}

/** @param {{ page: Page, go: (hash: string, text?: string) => Promise<void> }} parts */
export async function newsChecks({ page, go }) {
  await check("the second of two equal messages is shown and spoken, too", async () => {
    await go("#/me", "Copy link");
    const copy = page.getByRole("button", { name: "Copy link" });
    await page.evaluate(() => {
      const region = document.querySelector("p[role=status].hidden-text");
      Object.assign(globalThis, { spoken: [] });
      new MutationObserver((changes) => {
        for (const { addedNodes } of changes) {
          for (const node of addedNodes)
            if (node.textContent) /** @type {any} */ (globalThis).spoken.push(node.textContent);
        }
      }).observe(/** @type {Element} */ (region), { childList: true, subtree: true });
    });
    for (let time = 0; time < 2; time += 1) {
      await copy.click();
      await page.locator(".toast").getByText("Copied").waitFor();
      await page.locator(".toast").getByRole("button", { name: "Close" }).click();
      await page.locator(".toast").waitFor({ state: "detached" });
    }
    const spoken = await page.evaluate(() => /** @type {any} */ (globalThis).spoken);
    expect(spoken.filter((/** @type {string} */ text) => text === "Copied").length === 2, `spoken: ${spoken}`);
  });

  await check("a list that a push fills first keeps its further pages", async () => {
    await page.goto("about:blank");
    let isPushed = false;
    const pushed = new Promise((resolve) =>
      page.once("websocket", (socket) =>
        socket.on(
          "framereceived",
          ({ payload }) => String(payload).includes('"bet"') && ((isPushed = true), resolve(null)),
        ),
      ),
    );
    await answerWith(page, {
      "GET /api/bets": async (/** @type {any} */ route) => {
        const real = await route.fetch();
        await pushed;
        const { data } = await real.json();
        return route.fulfill({ response: real, body: JSON.stringify({ data, nextCursor: "c" }) });
      },
    });
    await go("#/bets?kind=rounds");
    await page.getByRole("button", { name: "Show more" }).waitFor();
    expect(isPushed, "the push came first");
    await page.unrouteAll({ behavior: "ignoreErrors" });
  });
}
