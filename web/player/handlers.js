// What follows a request that moved money, or was refused. All that is told is what was sent, and not what the form
// says by now.

import { pickName } from "./game_words.js";
import { asPlaced, newsEvent, newsOfBet, newsOfLost } from "./news.js";
import { money, t } from "./texts.js";

/** @typedef {import("../shared/types.d.ts").State} State */
/** @typedef {import("../shared/types.d.ts").Event} Event */
/** @typedef {import("../shared/types.d.ts").MoneyRequest} MoneyRequest */
/** @typedef {import("./requests.js").Handler} Handler */

/**
 * What is read again where a refusal shows that it is old.
 * @type {Record<string, (request: MoneyRequest) => string>}
 */
const OLD = {
  "round-state": ({ body }) => `round:${body.roundId}`,
  "period-state": () => "periods",
  "insufficient-balance": () => "wallet",
  excluded: () => "exclusion",
};

/**
 * @param {{ kept: ReturnType<typeof import("../shared/kept.js").createKept>,
 *   loads: ReturnType<typeof import("./loads.js").createLoads>, get: () => State, dispatch: (event: Event) => void,
 *   askReality: () => Promise<void> }} parts
 * @returns {Record<MoneyRequest["kind"], Handler>}
 */
export function handlersOf({ kept, loads, get, dispatch, askReality }) {
  /** @param {string[]} keys */
  const read = async (...keys) => void (await Promise.all(keys.map(loads.load)));

  /** @type {Handler["refused"]} */
  async function refused(request, problem, isLate) {
    if (isLate) dispatch(newsOfLost(get(), request, "absent"));
    const key = problem && OLD[problem.code]?.(request);
    if (key) await read(key);
    if (problem?.code === "reality-check-due") await askReality();
  }

  /**
   * Without a lost answer, each kind of request has words of its own.
   * @param {MoneyRequest} request @param {boolean} isLate @param {() => Event & { type: "news" }} words
   */
  const tell = (request, isLate, words) => dispatch(isLate ? newsOfLost(get(), request, "arrived") : words());

  return {
    bet: {
      refused,
      async placed(request, { betId, nonceHash }, isLate) {
        kept.bet(betId, nonceHash);
        await read(`bet:${betId}`, "wallet", `round:${request.body.roundId}`);
        tellPlaced(request, betId, isLate);
      },
    },
    gameBet: {
      refused,
      async placed(request, { betId }, isLate) {
        const { betType, betValue, betAmount } = request.body;
        // The bet says how much of the stake was from the bonus. A socket may have brought it before the answer.
        if (!get().gameBets[betId]) await read(`gameBet:${betId}`);
        tell(request, isLate, () => ({
          type: "news",
          text: t("news.gamePlaced", { amount: money(betAmount), pick: pickName(betType, betValue) }),
          isGood: true,
        }));
        await read("wallet");
      },
    },
    deposit: {
      refused,
      async placed(request, data, isLate) {
        dispatch({ type: "deposit", data });
        if (isLate) dispatch(newsOfLost(get(), request, data.status === "failed" ? "absent" : "arrived"));
      },
    },
    withdrawal: {
      refused,
      async placed(request, _, isLate) {
        tell(request, isLate, () => ({ type: "news", text: t("wallet.withdraw.sent"), isGood: true }));
        await read("wallet", "withdrawals", "ledger");
      },
    },
  };

  /**
   * A bet that meets its opponents at once may be settled before the answer to it arrives.
   * @param {MoneyRequest} request @param {string} betId @param {boolean} isLate
   */
  function tellPlaced(request, betId, isLate) {
    const { amount, side } = request.body;
    const bet = get().bets[betId];
    const news = bet && newsOfBet(asPlaced(bet), bet);
    // Its push may have told the same.
    if (!isLate && news && get().news.some((one) => one.about === news.about)) return;
    tell(request, isLate, () =>
      newsEvent(news ?? { key: "news.placed", amounts: { amount }, words: { side }, isGood: true }),
    );
  }
}
