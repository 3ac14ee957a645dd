// The wallet's ledger: each movement with the balance after it.

import { html, nothing, repeat } from "../../shared/html.js";
import { units } from "../../shared/money.js";
import { roomOf } from "../../shared/rooms.js";
import { hashOf } from "../../shared/router.js";
import { money, named, roundName, t, when } from "../texts.js";
import { roomName } from "../game_words.js";
import { loaded } from "./basics.js";
import { gameBetHash } from "./game_bets.js";

/** @typedef {import("../context.d.ts").Context} Context */
/** @typedef {import("../../shared/types.d.ts").Entry} Entry */

/** @param {Context} context */
export function ledgerTable(context) {
  const { state, act } = context;
  const { entries, next } = state.ledger;
  return html`<section class="card card--flush ledger" aria-labelledby="ledger-title">
    <div class="card-head">
      <h2 id="ledger-title">${t("wallet.ledger")}</h2>
      <span class="small">${t("bets.note")}</span>
    </div>
    ${loaded(context, "ledger", entries.length > 0, t("wallet.ledger.failed"), () =>
      entries.length ? table(context, entries) : empty(),
    )}
    ${
      next
        ? html`<div class="table-foot">
            <span>${t("bets.shown", { count: String(entries.length) })}</span>
            <button class="button" type="button" @click=${() => act.load("ledger.more")}>${t("more")}</button>
          </div>`
        : nothing
    }
  </section>`;
}

const empty = () =>
  html`<div class="notice">
    <h3>${t("wallet.ledger.empty")}</h3>
    <p>${t("wallet.ledger.empty.text")}</p>
  </div>`;

/** @param {Context} context @param {Entry[]} entries */
const table = ({ state }, entries) =>
  html`<table class="table table--cards table--ledger" aria-labelledby="ledger-title">
    <thead>
      <tr>
        <th scope="col">${t("wallet.entry")}</th>
        <th scope="col">${t("wallet.about")}</th>
        <th scope="col">${t("wallet.when")}</th>
        <th scope="col" class="num">${t("wallet.sum")}</th>
        <th scope="col" class="num">${t("wallet.after")}</th>
      </tr>
    </thead>
    <tbody>
      ${repeat(
        entries,
        (entry) => entry.number,
        (entry) => row(state, entry),
      )}
    </tbody>
  </table>`;

/** @param {Context["state"]} state @param {Entry} entry */
function row(state, entry) {
  const isPlus = units(entry.amount) > 0n;
  return html`<tr>
    <th scope="row">${entryName(entry)}</th>
    <td class="about" data-label=${t("wallet.about")}>${about(state, entry)}</td>
    <td class="when" data-label=${t("wallet.when")}>
      <time datetime=${entry.createdAt}>${when(entry.createdAt)}</time>
    </td>
    <td class="num sum ${isPlus ? "num--plus" : ""}" data-label=${t("wallet.sum")}>
      ${isPlus ? "+" : ""}${money(entry.amount)}
    </td>
    <td class="num left" data-label=${t("wallet.after")}>
      ${
        entry.purse === "BONUS"
          ? t("wallet.after.bonus", { amount: money(entry.balanceAfter) })
          : money(entry.balanceAfter)
      }
    </td>
  </tr>`;
}

/** The name of an entry, by the purpose that its key begins with. @param {Entry} entry */
export function entryName(entry) {
  const [purpose] = entry.idempotentKey.split(":");
  const name = named("entry", purpose, "entry.other");
  return entry.purse === "BONUS" && purpose !== "BONUS" ? t("entry.bonus", { entry: name }) : name;
}

/**
 * The bet's round or game, or the bet itself where it was not read.
 * @param {Context["state"]} state @param {Entry} entry
 */
function about(state, entry) {
  if (!entry.betId) return nothing;
  const game = state.gameBets[entry.betId];
  if (game) return html`<a href=${gameBetHash(game)}>${roomName(roomOf(game))}</a>`;
  const [, stakes] = /^stakes:(.+)$/.exec(entry.account) ?? [];
  const round = stakes ?? state.bets[entry.betId]?.roundId;
  return html`<a href=${hashOf("bets", entry.betId)}>${round ? roundName(round) : entry.betId.slice(0, 8)}</a>`;
}
