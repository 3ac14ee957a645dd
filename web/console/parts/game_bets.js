// A player's bets on games.

import { html } from "../../shared/html.js";
import { pickName, roomName } from "../../player/game_words.js";
import { drawnText, gameBadge } from "../../player/parts/game_bets.js";
import { money } from "../../player/texts.js";
import { roomOf } from "../../shared/rooms.js";
import { t } from "../texts.js";
import { time } from "./basics.js";
import { table } from "./table.js";

/** @typedef {import("../../shared/types.d.ts").GameBet} GameBet */

/** @param {GameBet[]} bets */
export const gameBets = (bets) =>
  table({
    label: t("users.gameBets"),
    rows: bets,
    id: ({ betId }) => betId,
    columns: [
      {
        label: t("users.bet"),
        kind: "lead",
        cell: (bet) =>
          html`${pickName(bet.betType, bet.betValue)}<br /><small class="muted mono--short"
              >${bet.betId.slice(0, 8)}</small
            >`,
      },
      {
        label: t("periods.period"),
        cell: (bet) =>
          html`<span>${roomName(roomOf(bet))}<br /><small class="mono mono--short">${bet.periodId}</small></span>`,
      },
      { label: t("users.stake"), kind: "num", cell: ({ betAmount }) => money(betAmount) },
      { label: t("users.paid"), kind: "num", cell: ({ winAmount }) => money(winAmount) },
      { label: t("users.drawn"), cell: (bet) => drawnText(bet) || html`<span class="muted">–</span>` },
      { label: t("order.state"), cell: gameBadge },
      { label: t("users.at"), kind: "num", cell: ({ createdAt }) => time(createdAt) },
    ],
  });
