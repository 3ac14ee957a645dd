// The actions of a game's room.

import { compare } from "../shared/money.js";
import { pathOf } from "../shared/rooms.js";
import { isPayable } from "./texts.js";
import { gameBetOf } from "./parts/game_form.js";

/** @typedef {import("../shared/types.d.ts").State} State */
/** @typedef {import("./actions.js").FormTools} FormTools */

/**
 * @param {{ kept: ReturnType<typeof import("../shared/kept.js").createKept>, get: () => State,
 *   forms: FormTools }} parts
 */
export function gameActions({ kept, get, forms }) {
  return {
    /** @param {string} room */
    async placeGameBet(room) {
      const state = get();
      const form = `game:${room}`;
      const { game, limits, period, selection, stake, isCashOnly } = gameBetOf(state, room);
      if (!game || !limits || !period || state.link.kind === "off" || forms.isDouble(form)) return;
      if (!selection) return forms.refuse(form, "no-pick");
      if (!isPayable(state, stake)) return forms.refuse(form, "not-amount");
      if (compare(stake, limits.stakeMin) < 0 || compare(stake, limits.stakeMax) > 0)
        return forms.refuse(form, "out-of-range");
      kept.period(room, period);
      const { betType, betValue } = selection;
      const purse = isCashOnly ? "CASH" : "";
      const body = { periodId: period.periodId, betType, betValue, betAmount: stake, ...(purse ? { purse } : {}) };
      const values = { pick: `${betType}/${betValue}`, stake, purse };
      await forms.sendOnce(form, {
        kind: "gameBet",
        home: { name: "room", id: room },
        path: `${pathOf(room)}/bet`,
        body,
        values,
      });
    },
  };
}
