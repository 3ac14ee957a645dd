// Shared by both browser checks: starts Evens and Chromium, and does the steps of a player.

import { spawn } from "node:child_process";
import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { chromium } from "playwright-core";

const NAMES = ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"];

/** Chromium of this machine; `CHROMIUM` names another one. */
function findChromium() {
  const folders = (process.env.PATH ?? "").split(path.delimiter);
  const places = NAMES.flatMap((name) => folders.map((folder) => path.join(folder, name)));
  const found = [process.env.CHROMIUM, ...places].find((place) => place && fs.existsSync(place));
  if (!found) throw new Error("There is no Chromium: install chromium-headless-shell, or set CHROMIUM to its path.");
  return found;
}

/**
 * Starts Evens with a data folder of its own; `EVENS_PAGES_URL` and `EVENS_DATA` name one that runs already.
 * @param {Record<string, string>} [settings] Variables of the environment.
 */
export async function startEvens(settings = {}) {
  if (process.env.EVENS_PAGES_URL) {
    return {
      port: new URL(process.env.EVENS_PAGES_URL).port,
      data: process.env.EVENS_DATA ?? "",
      log: null,
      stop: async () => {},
    };
  }
  const binary = process.env.EVENS_TESTS_BINARY;
  if (!binary) throw new Error("Set EVENS_TESTS_BINARY to the binary `evens`.");
  const data = fs.mkdtempSync(path.join(os.tmpdir(), "evens-pages-"));
  const env = {
    ...process.env,
    ...settings,
    EVENS_DATA: data,
    EVENS_LISTEN: "127.0.0.1:0",
    RUST_LOG: "warn,evens_notifications=info",
  };
  const running = spawn(binary, [], { env, stdio: ["ignore", "pipe", "pipe"] });
  let printed = "";
  const port = await new Promise((resolve, reject) => {
    const read = (bytes) => {
      printed += bytes;
      const found = /http:\/\/(?:localhost|127\.0\.0\.1):(\d+)/.exec(printed);
      if (found) resolve(found[1]);
    };
    running.stdout.on("data", read);
    running.stderr.on("data", read);
    running.on("exit", (code) => reject(new Error(`evens ended with ${code}:\n${printed}`)));
  });
  const stop = async () => {
    running.removeAllListeners("exit");
    const ended = new Promise((resolve) => running.on("exit", resolve));
    running.kill("SIGTERM");
    await ended;
    fs.rmSync(data, { recursive: true, force: true });
  };
  /** What the program has printed, with the codes that it would send. */
  const log = () => printed;
  return { port, data, log, stop };
}

/** A port of this machine that nothing listens on. @returns {Promise<number>} */
export const freePort = () =>
  new Promise((resolve) => {
    const server = net.createServer().listen(0, "127.0.0.1", () => {
      const { port } = /** @type {net.AddressInfo} */ (server.address());
      server.close(() => resolve(port));
    });
  });

/** A browser in which both names of this machine lead to Evens. */
export const startBrowser = () =>
  chromium.launch({
    executablePath: findChromium(),
    args: ["--no-sandbox", "--host-resolver-rules=MAP localhost 127.0.0.1"],
  });

/**
 * Collects the faults of a page: errors of the console, exceptions, and violations of its policy.
 * @param {import("playwright-core").BrowserContext} context
 * @param {RegExp} [expected] Errors that a check provokes.
 */
export async function collectFaults(context, expected) {
  const faults = [];
  const note = (text) => expected?.test(text) || faults.push(text);
  await context.exposeBinding("noteViolation", (_, text) => note(text));
  await context.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => {
      globalThis.noteViolation(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`);
    });
  });
  context.on("page", (page) => {
    page.on(
      "console",
      (message) => message.type() === "error" && note(`console: ${message.text()} ${message.location().url}`),
    );
    page.on("pageerror", (error) => note(`exception: ${error.stack}`));
  });
  return faults;
}

/** Signs up by one button. @param {import("playwright-core").Page} page */
export async function signUp(page) {
  await page.getByRole("button", { name: "Sign me up as a made-up player" }).click();
  await page.getByRole("heading", { name: "Deposit", exact: true }).waitFor();
}

/**
 * Deposits through the sandbox: opens the pay page, pays, and waits until the balance says so.
 * @param {import("playwright-core").Page} page On the wallet
 */
export async function deposit(page) {
  const [pay] = await Promise.all([
    page.context().waitForEvent("page"),
    page.locator("form[aria-labelledby=deposit-title]").getByRole("button", { name: "Open the pay page" }).click(),
  ]);
  await pay.getByRole("button", { name: "Pay", exact: true }).click();
  await page
    .getByText(/was credited/)
    .first()
    .waitFor();
  await pay.close();
}

/**
 * @param {import("playwright-core").Page} page On a round
 * @param {string} amount @param {"A" | "B"} side
 * @param {number} [again] Clicks once more after so many milliseconds.
 */
export async function placeBet(page, amount, side, again) {
  await page.getByRole("radio", { name: `Side ${side}` }).check({ force: true });
  await page.getByLabel("Stake,").fill(amount);
  // The five newest bets stand beside the form; a bet may be matched and settled by the time that it is there.
  const before = await page.evaluate(() => document.querySelector("[aria-labelledby=mine] li a")?.getAttribute("href"));
  const button = page.getByRole("button", { name: `Bet ${amount}.00 on ${side}` });
  await button.click();
  if (again !== undefined) {
    await page.waitForTimeout(again);
    await page.locator("form[aria-labelledby=bet-title] button:not([type])").click({ force: true });
  }
  await page.waitForFunction((known) => {
    const shown = document.querySelector("[aria-labelledby=mine] li a")?.getAttribute("href");
    return shown !== undefined && shown !== known;
  }, before);
}

/**
 * Replaces each text node by two `<font>` elements, as a browser's translation does; also those of spaces alone.
 * @param {import("playwright-core").Page} page
 */
export const translate = (page) =>
  page.evaluate(() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    /** @type {Text[]} */
    const texts = [];
    while (walker.nextNode()) texts.push(/** @type {Text} */ (walker.currentNode));
    for (const text of texts.filter(({ parentElement }) => parentElement?.localName !== "option")) {
      const [outer, inner] = [document.createElement("font"), document.createElement("font")];
      inner.append(text.data);
      outer.append(inner);
      text.replaceWith(outer);
    }
  });

/** Lets a page believe that it is so much later. @param {import("playwright-core").Page} page @param {number} ms */
export const shiftClock = (page, ms) =>
  page.addInitScript((shift) => {
    const Real = Date;
    const now = () => Real.now() + shift;
    globalThis.Date = /** @type {any} */ (
      class extends Real {
        /** @param {any[]} parts */
        constructor(...parts) {
          // @ts-expect-error: a date is made of any of its parts.
          super(...(parts.length ? parts : [now()]));
        }
        static now = now;
      }
    );
  }, ms);
