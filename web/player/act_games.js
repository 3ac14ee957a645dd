// The actions of a game's room.

import { compare } from "../shared/money.js";
import { pathOf, partsOf } from "../shared/rooms.js";
import { money, t } from "./texts.js";
import { pickName } from "./game_words.js";
import { gameBetOf } from "./parts/game_form.js";

/** @typedef {import("../shared/types.d.ts").State} State */
/** @typedef {import("../shared/types.d.ts").Event} Event */
/** @typedef {import("./actions.js").FormTools} FormTools */

/**
 * @param {{ api: ReturnType<typeof import("../shared/api.js").createApi>, kept: ReturnType<typeof import("../shared/kept.js").createKept>,
 *   loads: ReturnType<typeof import("./loads.js").createLoads>, get: () => State, dispatch: (event: Event) => void, forms: FormTools }} parts
 */
export function gameActions({ api, kept, loads, get, dispatch, forms }) {
  /** The last request of each form. Its repeat after no answer is the same, also in the next period. @type {Map<string, Record<string, string>>} */
  const sent = new Map();

  return {
    /** @param {string} room */
    async placeGameBet(room) {
      const state = get();
      const form = `game:${room}`;
      const { game, limits, period, selection, stake, isCashOnly } = gameBetOf(state, room);
      if (!game || !limits || !period || state.link.kind === "off" || forms.isDouble(form)) return;
      if (!selection) return forms.refuse(form, "no-pick");
      if (stake === null || compare(stake, "0") === 0) return forms.refuse(form, "not-amount");
      if (compare(stake, limits.stakeMin) < 0 || compare(stake, limits.stakeMax) > 0) return forms.refuse(form, "out-of-range");
      kept.period(room, period);
      const { betType, betValue } = selection;
      const fresh = { periodId: period.periodId, betType, betValue, betAmount: stake, ...(isCashOnly ? { purse: "CASH" } : {}) };
      const isRepeat = (state.forms[form]?.idempotencyKey ?? null) !== null;
      const body = (isRepeat && sent.get(form)) || fresh;
      sent.set(form, body);
      const answer = await forms.sendForm(form, (idempotencyKey) => api.post(`${pathOf(room)}/bet`, body, { idempotencyKey }));
      if (!answer) return refused(form);
      const { betId, platformFee } = answer.data;
      const data = { betId, ...partsOf(room), periodId: body.periodId, betType, betValue, betAmount: stake, platformFee };
      const rest = { bonusAmount: "0", status: "PENDING", winAmount: "0", result: null, createdAt: new Date(Date.now() + state.clockOffset).toISOString() };
      dispatch({ type: "gameBet", data: { ...data, ...rest }, seenAt: Date.now() + state.clockOffset });
      dispatch({ type: "news", text: t("news.gamePlaced", { amount: money(stake), pick: pickName(betType, betValue) }), isGood: true });
      await loads.load("wallet");
    },
  };

  /** Reads again the states that a refused bet shows to be old. @param {string} form */
  async function refused(form) {
    const code = get().forms[form]?.problem?.code;
    if (code === "period-state") await loads.load("periods");
    if (code === "insufficient-balance") await loads.load("wallet");
    if (code === "excluded") await loads.load("exclusion");
    if (code === "reality-check-due") await forms.askReality();
  }
}
