// The players against whom a player won again and again. Without any, there is no card.

import { html, nothing } from "../../vendor/lit-html.js";
import { money } from "../../player/texts.js";
import { hashOf } from "../../shared/router.js";
import { t } from "../texts.js";
import { card } from "./basics.js";
import { table } from "./table.js";

/** @typedef {{ userId: number, won: number, staked: string }} Opponent */

/** @param {Opponent[]} opponents */
export const opponents = (opponents) =>
  opponents.length === 0
    ? nothing
    : card(
        t("users.opponents"),
        html`<p class="muted">${t("users.opponents.text")}</p>
          ${table({
            label: t("users.opponents"),
            rows: opponents,
            id: ({ userId }) => String(userId),
            columns: [
              { label: t("users.opponent"), kind: "lead", cell: ({ userId }) => html`<a href=${hashOf("users", String(userId))}>${userId}</a>` },
              { label: t("users.opponent.won"), kind: "num", cell: ({ won }) => won },
              { label: t("users.opponent.staked"), kind: "num", cell: ({ staked }) => money(staked) },
            ],
          })}`,
      );
