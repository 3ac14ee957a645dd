// Checks of games in the browser: every room is there, a bet is placed and settled, and a game that exists nowhere can
// be played without a change of the page.

import { answerWith, json, problem } from "./answers.mjs";
import { check, expect, lookAtAll, SIZES } from "./look.mjs";

/** Results come some seconds after the end of the shortest period. */
const RESULT_TIMEOUT = 90_000;

/** @typedef {import("playwright-core").Page} Page */
/** @typedef {(hash: string, text?: string) => Promise<void>} Go */

/** A game of a made-up wheel, as GET /api/games would list it. */
const WHEEL = {
  gameType: "lucky_wheel",
  otherNames: [],
  durations: [3600],
  selections: [
    ...Array.from({ length: 37 }, (_, number) => ({
      betType: "STRAIGHT_UP",
      betValue: String(number),
      multipliers: [36],
      returnToPlayer: 95.35,
    })),
    { betType: "HALF", betValue: "low", multipliers: [2, 1.5], returnToPlayer: 95.35 },
    { betType: "HALF", betValue: "high", multipliers: [2], returnToPlayer: 95.35 },
  ],
  feePercent: 2,
  stakeMin: 1,
  stakeMax: 100_000,
  betsMax: 50,
  stakedMax: 200_000,
  rooms: [{ duration: 3600, stakeMin: 1, stakeMax: 100_000, betsMax: 50, stakedMax: 200_000, exposureMax: 1_000 }],
};

/** @param {number} seconds From now. */
const at = (seconds) => new Date(Date.now() + seconds * 1000).toISOString();

function wheelAnswers() {
  const period = {
    gameType: "lucky_wheel",
    duration: 3600,
    periodId: "20261128000000007",
    opensAt: at(-60),
    closesAt: at(3000),
    endsAt: at(3005),
    seedHash: "7abb".repeat(16),
    entropy: "none",
    source: null,
    nextPeriods: [],
  };
  const result = (number, index) => ({
    gameType: "lucky_wheel",
    duration: 3600,
    periodId: `2026112800000000${6 - index}`,
    eventId: `lucky_wheel-3600-${index}`,
    endsAt: at(-3600 * index - 60),
    result: { number, half: number > 18 ? "high" : "low" },
    verification: null,
  });
  return {
    "GET /api/games": json({ data: [WHEEL] }),
    "GET /api/games/active-periods": json({ data: [period], serverTime: at(0) }),
    "GET /api/games/lucky_wheel/3600/history": json({ data: [17, 0, 36].map(result), nextCursor: null }),
    "GET /api/games/lucky_wheel/3600/statistics": json({
      data: WHEEL.selections.map(({ betType, betValue }, index) => ({
        betType,
        betValue,
        frequency: index,
        missing: 1,
        averageMissing: 2,
        longestRun: 1,
      })),
      periods: 100,
    }),
    "GET /api/games/my-bets/b": problem("not-found", 404),
    "POST /api/games/lucky_wheel/3600/bet": {
      ...json({
        status: 202,
        data: {
          betId: "b",
          periodId: period.periodId,
          odds: 2,
          platformFee: 0.2,
          netBetAmount: 9.8,
          expectedWin: 19.6,
          balance: 1,
          bonusBalance: 0,
        },
      }),
      status: 202,
    },
  };
}

/** @param {Page} page @param {string} [pick] */
async function placeBet(page, pick) {
  const choice = pick ? page.getByRole("radio", { name: pick }) : page.locator("input[name=pick]").first();
  await choice.check({ force: true });
  await page.getByLabel("Stake,").fill("10");
  await page.getByRole("button", { name: /^Bet 10\.00 on/ }).click();
}

/** Opens the first room once its period takes bets. @param {Page} page */
async function openRoom(page) {
  await page.locator(".row--room").first().click();
  await page.getByRole("button", { name: /Choose a bet|^Bet / }).waitFor({ timeout: RESULT_TIMEOUT });
}

/** @param {{ page: Page, go: Go }} parts @returns {Promise<string>} The room that was played. */
export async function gameChecks({ page, go }) {
  let room = "";

  await check("every room is listed with its countdown", async () => {
    await go("#/play");
    await page.locator(".row--room").first().waitFor();
    const { data } = await page.evaluate(async () => (await fetch("/api/games")).json());
    const rooms = data.flatMap((game) => game.rooms).length;
    expect((await page.locator(".row--room").count()) <= rooms, "no room is listed that the API does not have");
    expect(
      (await page.locator(".row--room .clock").count()) === (await page.locator(".row--room").count()),
      "each has a countdown",
    );
    await page
      .locator("[aria-labelledby=jackpots]")
      .waitFor({ timeout: 2_000 })
      .catch(() => null);
    await lookAtAll(page, "play-games");
  });

  await check("a bet on a game is placed, drawn, and told", async () => {
    await openRoom(page);
    room = page.url().split("#/room/")[1];
    await page.getByRole("button", { name: "Choose a bet" }).click();
    await page.getByText("Choose what you bet on.").waitFor();
    await placeBet(page);
    await page.locator("[aria-labelledby=mine] li").first().waitFor();
    await lookAtAll(page, "room");
    await page.locator("main .verdict").waitFor({ timeout: RESULT_TIMEOUT });
    const said = await page.locator("main .verdict").innerText();
    expect(/You won \+\d|Your result: −\d|Your stake was returned/.test(said), said);
    expect((await page.locator(".table--results tbody tr").count()) > 0, "the result is in the history");
    await lookAtAll(page, "room-result");
    await page.getByRole("link", { name: "Trends" }).click();
    await page.getByText("They say nothing about the next one.").waitFor();
    await lookAtAll(page, "room-trends", SIZES, ["light"]);
  });

  await check("both kinds of bets are one list, and each can be seen alone", async () => {
    await go("#/bets");
    // The two lists load on their own, and a click on a kind shows at the next frame.
    const ofGames = page.locator("main .rows a[href*='of=game']");
    const inRounds = page.locator("main .rows a:not([href*='of=game'])");
    await ofGames.first().waitFor();
    await inRounds.first().waitFor();
    await page.getByRole("link", { name: "Games", exact: true }).click();
    await inRounds.first().waitFor({ state: "detached" });
    await ofGames.first().waitFor();
    await page.locator("main .rows a").first().click();
    await page.getByText("Fee in the stake").waitFor();
    await lookAtAll(page, "game-bet");
  });

  await check("a draw is verified by one tap, from a bet and from the list of results", async () => {
    await page.getByRole("link", { name: "Verify the draw" }).click();
    await page.locator("main .verdict").getByText("Draw verified").waitFor();
    await page.getByText("The seed has the hash that you saw before the draw").waitFor();
    await page.getByText("Do it by hand").click();
    await lookAtAll(page, "verify-period");
    await go(`#/room/${room}`);
    await page.locator(".table--results tbody a").last().click();
    await page.locator("main .verdict").getByText("Draw verified").waitFor();
    const { path, data } = await page.evaluate(async () => {
      const id = decodeURIComponent(location.hash).replace(/^#\/verify\/|\?.*$/g, "");
      const [, game, duration, period] = /** @type {string[]} */ (/^(.+)-(\d+)-(\d+)$/.exec(id));
      const path = `/api/games/${game}/${duration}/period/${period}`;
      return { path, data: (await (await fetch(path)).json()).data };
    });
    const symbol = Object.keys(data.result).find((name) => typeof data.result[name] === "number") ?? "";
    const changed = { ...data, result: { ...data.result, [symbol]: data.result[symbol] === 1 ? 2 : 1 } };
    const shown = page.url();
    await page.goto("about:blank");
    await answerWith(page, { [`GET ${path}`]: json({ data: changed }) });
    await page.goto(shown);
    await page.getByText("A step failed").waitFor();
    await page.getByText("but the result says").waitFor();
    await lookAtAll(page, "verify-period-wrong", SIZES, ["light"]);
    await page.unrouteAll({ behavior: "ignoreErrors" });
  });

  await madeUpGameChecks({ page, go });
  return room;
}

/** A game that exists nowhere, with answers in place of the service's. @param {{ page: Page, go: Go }} parts */
async function madeUpGameChecks({ page, go }) {
  await check("a game that the page does not know is playable", async () => {
    await page.goto("about:blank");
    await answerWith(page, wheelAnswers());
    await go("#/play");
    await page.locator(".row--room").click();
    await page.getByRole("heading", { name: "Lucky Wheel" }).waitFor();
    await lookAtAll(page, "fifth-game");
    await page.getByRole("radio", { name: "Half" }).check({ force: true });
    await page.getByRole("radio", { name: "Low" }).check({ force: true });
    await page.getByLabel("Stake,").fill("10");
    await page.getByText("If it wins: up to +9.60, as up to 19.60 is paid").waitFor();
    await page.getByRole("radio", { name: "High" }).check({ force: true });
    await page.getByText("If it wins: +9.60, as 19.60 is paid").waitFor();
    await placeBet(page, "High");
    await page.getByText("Bet of 10.00 on High placed.").first().waitFor();
    await page.unrouteAll({ behavior: "ignoreErrors" });
  });

  await check("a bet without an answer is sent again as the same request", async () => {
    await page.goto("about:blank");
    const answers = wheelAnswers();
    const requests = [];
    const placed = answers["POST /api/games/lucky_wheel/3600/bet"];
    const later = JSON.parse(answers["GET /api/games/active-periods"].body);
    later.data[0].periodId = "20261128000000008";
    await answerWith(page, {
      ...answers,
      "GET /api/games/active-periods": (route) =>
        route.fulfill(requests.length ? json(later) : answers["GET /api/games/active-periods"]),
      "GET /api/games/my-bets/b": problem("not-found", 404),
      "POST /api/games/lucky_wheel/3600/bet": (route) => {
        requests.push([route.request().headers()["idempotency-key"], route.request().postData()]);
        return route.fulfill(requests.length === 1 ? problem("unavailable", 503) : placed);
      },
    });
    await go("#/room/lucky_wheel-3600");
    await placeBet(page);
    await page.getByText("We do not know yet whether your bet arrived").waitFor();
    // A move within the page keeps the form; the rooms are read again.
    await page.evaluate(() => (location.hash = "#/play"));
    await page.locator(".row--room").click();
    await page.getByText("Period …0008").waitFor();
    await page.getByText("Your bet arrived, once: 10.00 on Straight up 0.").first().waitFor();
    expect(requests.length === 2 && String(requests[0]) === String(requests[1]), JSON.stringify(requests));
    await page.unrouteAll({ behavior: "ignoreErrors" });
  });

  for (const [code, status, shows] of /** @type {const} */ ([
    ["period-state", 409, "What happened, and what to do."],
    ["exposure-limit", 422, "What happened, and what to do."],
    ["over-limit", 409, "See your limits"],
    ["account-held", 403, "Betting is on hold for your account."],
  ])) {
    await check(`a room says why a bet is refused: ${code}`, async () => {
      await page.goto("about:blank");
      await answerWith(page, { ...wheelAnswers(), "POST /api/games/lucky_wheel/3600/bet": problem(code, status) });
      await go("#/room/lucky_wheel-3600");
      await placeBet(page);
      await page.getByText(shows).first().waitFor();
      expect((await page.getByLabel("Stake,").inputValue()) === "10", "the stake stays");
      await lookAtAll(page, `room-${code}`, SIZES, ["light"]);
      await page.unrouteAll({ behavior: "ignoreErrors" });
    });
  }
}
