// The players against whom a player won again and again. Without any, there is no card.

import { html, nothing } from "../../shared/html.js";
import { money } from "../../player/texts.js";
import { t } from "../texts.js";
import { card } from "./basics.js";
import { person } from "./person.js";
import { table } from "./table.js";

/** @typedef {{ userId: string, won: string, staked: string }} Opponent */

/** @param {import("../types.d.ts").Context} context @param {Opponent[]} opponents */
export const opponents = (context, opponents) =>
  opponents.length === 0
    ? nothing
    : card(
        t("users.opponents"),
        html`<p class="muted">${t("users.opponents.text")}</p>
          ${table({
            label: t("users.opponents"),
            rows: opponents,
            id: ({ userId }) => userId,
            columns: [
              { label: t("users.opponent"), kind: "lead", cell: ({ userId }) => person(context, userId) },
              { label: t("users.opponent.won"), kind: "num", cell: ({ won }) => won },
              { label: t("users.opponent.staked"), kind: "num", cell: ({ staked }) => money(staked) },
            ],
          })}`,
      );
