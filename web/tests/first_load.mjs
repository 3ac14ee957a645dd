// The first and the second load of both pages over a slow line, with a slow processor. Prints requests, bytes and
// times, and fails on too many requests or on content that moves. Times are printed only: they depend on the machine.

import { startBrowser, startEvens } from "./browser.mjs";

/** 400 kbit/s with 400 ms to the server and back, and a quarter of this machine's speed. */
const LINE = { offline: false, latency: 400, downloadThroughput: 50_000, uploadThroughput: 50_000 };
const SLOWER = 4;
const FIRST_REQUESTS_MAX = 15;
const SECOND_REQUESTS_MAX = 3;
/** The limit of a good page, web.dev/articles/cls. */
const SHIFT_MAX = 0.1;

const PAGES = [
  { name: "player", path: "", button: "Sign me up as a made-up player" },
  { name: "console", path: "console/", button: "Log in" },
];

const evens = await startEvens();
const browser = await startBrowser();
let passed = 0;
let failed = 0;

/** Notes how far content moves without an act of the user. */
function noteShifts() {
  globalThis.shift = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) globalThis.shift += /** @type {any} */ (entry).value;
  }).observe({ type: "layout-shift", buffered: true });
}

/**
 * Loads a page until its button is there and nothing more is asked for.
 * @param {import("playwright-core").BrowserContext} context @param {typeof PAGES[0]} of
 */
async function load(context, { path, button }) {
  const page = await context.newPage();
  const slow = await context.newCDPSession(page);
  await slow.send("Network.enable");
  await slow.send("Network.emulateNetworkConditions", LINE);
  await slow.send("Emulation.setCPUThrottlingRate", { rate: SLOWER });
  let requests = 0;
  let bytes = 0;
  slow.on("Network.responseReceived", ({ response }) => (requests += response.fromDiskCache ? 0 : 1));
  slow.on("Network.loadingFinished", ({ encodedDataLength }) => (bytes += encodedDataLength));
  const begun = performance.now();
  await page.goto(`http://localhost:${evens.port}/${path}`, { waitUntil: "commit" });
  await page.getByRole("button", { name: button }).waitFor();
  const seconds = (performance.now() - begun) / 1000;
  await page.waitForLoadState("networkidle");
  const shift = await page.evaluate(() => globalThis.shift);
  await page.close();
  return { requests, bytes, seconds, shift };
}

console.log("page     load    requests   bytes      s  shift");
for (const of of PAGES) {
  const context = await browser.newContext({ viewport: { width: 360, height: 780 } });
  context.setDefaultTimeout(30_000);
  await context.addInitScript(noteShifts);
  for (const [name, most] of /** @type {const} */ ([
    ["first", FIRST_REQUESTS_MAX],
    ["second", SECOND_REQUESTS_MAX],
  ])) {
    const { requests, bytes, seconds, shift } = await load(context, of);
    const isGood = requests <= most && shift < SHIFT_MAX;
    const row = [
      of.name.padEnd(8),
      name.padEnd(6),
      String(requests).padStart(9),
      String(bytes).padStart(7),
      seconds.toFixed(1).padStart(6),
      shift.toFixed(3).padStart(6),
    ];
    console.log(row.join(" ") + (isGood ? "" : `  FAILED: at most ${most} requests, shift under ${SHIFT_MAX}`));
    if (isGood) passed += 1;
    else failed += 1;
  }
  await context.close();
}
await browser.close();
await evens.stop();
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
