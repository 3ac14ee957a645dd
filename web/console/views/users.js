// A player as cashiers and auditors see them: identity, totals, and what waits for another cashier.

import { html, nothing } from "../../vendor/lit-html.js";
import { money } from "../../player/texts.js";
import { actButton, card, facts, loaded, nothingHere, view } from "../parts/basics.js";
import { find } from "../parts/find.js";
import { waitingActs } from "../parts/history.js";
import { named, t } from "../texts.js";

/** @typedef {import("../types.d.ts").Context} Context */

/** @param {Context} context */
export function usersView(context) {
  const { id } = context.state.route;
  return view(
    "users",
    { act: find("users", t("users.number")) },
    id ? loaded(context, `identity:${id}`, (player) => one(context, player)) : nothingHere(t("users.none"), t("users.none.text")),
  );
}

/** @param {Context} context @param {any} player */
function one(context, player) {
  const { userId, status } = player;
  const subject = { userId };
  const button = (/** @type {string} */ name) => actButton(context, name, subject);
  const acts = ["player.identity", "player.release", "player.writeOff", "player.adjust"].map(button);
  return html`${card(
    t("users.player", { userId }),
    html`${facts([
        [t("users.identity"), named("identity", status)],
        [t("users.deposited"), money(player.deposited)],
        [t("users.withdrawn"), money(player.withdrawn)],
      ])}
      ${acts.every((button) => button === nothing) ? nothing : html`<div class="line">${acts}</div>`}`,
  )}
  ${waitingActs(player.waiting)}`;
}
