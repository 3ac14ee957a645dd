// Jackpots: pools with their terms, and the wins and terms that wait for a second operator.

import { html, nothing } from "../../shared/html.js";
import { money } from "../../player/texts.js";
import { typedTerms, typedWin } from "../acts/jackpots.js";
import { actButton, card, coins, facts, loaded, time, view } from "../parts/basics.js";
import { person } from "../parts/person.js";
import { table } from "../parts/table.js";
import { personName } from "../people.js";
import { named, t } from "../texts.js";

/** @typedef {import("../types.d.ts").Context} Context */

const GROUPS = ["minor", "major", "mega"];

/** @param {Context} context */
export function jackpotsView(context) {
  const mine = context.state.session.user?.userId;
  return view(
    "jackpots",
    { note: html`<p>${t("jackpots.note")}</p>` },
    html`${loaded(context, "proposals", ({ wins, terms }) =>
      wins.length + terms.length
        ? html`${proposedWins(context, wins, mine)} ${proposedTerms(context, terms, mine)}`
        : nothing,
    )}
    ${loaded(
      context,
      "jackpots",
      ({ data }) =>
        html`<div class="grid grid--3">
          ${GROUPS.map((group) =>
            pool(
              context,
              group,
              data.find((/** @type {any} */ one) => one.group === group),
            ),
          )}
        </div>`,
    )}`,
  );
}

/** @param {Context} context @param {any} terms @returns {[string, unknown][]} */
const termFacts = (context, terms) => [
  [t("field.startAmount"), coins(context, terms.startAmount)],
  [t("field.rate"), terms.rate],
  [t("field.reserveRate"), terms.reserveRate],
  [t("field.odds"), coins(context, terms.odds)],
  [t("field.mustHitBy"), terms.mustHitBy && coins(context, terms.mustHitBy)],
];

/** @param {Context} context @param {string} group @param {any} jackpot */
function pool(context, group, jackpot) {
  const version = jackpot?.terms.version ?? "0";
  const acts = html`<div class="line">
    ${jackpot ? actButton(context, "jackpot.award", { group }, { about: group }) : nothing}
    ${actButton(
      context,
      "jackpot.terms",
      { group, version },
      { about: group, values: jackpot ? typedTerms(jackpot.terms) : {} },
    )}
  </div>`;
  if (!jackpot) {
    return card(
      named("jackpot", group),
      html`<p class="small muted">${t("jackpots.closed")}</p>
        ${acts}`,
    );
  }
  return card(
    named("jackpot", group),
    html`<p class="amount amount--large">${coins(context, jackpot.amount)}</p>
      ${facts([
        ...termFacts(context, jackpot.terms),
        [t("jackpots.version"), version],
        [t("jackpots.wins"), jackpot.wins],
        [
          t("jackpots.last"),
          jackpot.lastWins[0] &&
            html`${coins(context, jackpot.lastWins[0].winAmount)}, ${time(jackpot.lastWins[0].at)}`,
        ],
      ])}
      ${acts}`,
  );
}

/**
 * An operator cannot agree to their own proposal.
 * @param {string} by @param {string | undefined} mine @param {unknown} button
 */
const agree = (by, mine, button) =>
  String(by) === String(mine) ? html`<span class="muted">${t("jackpots.own")}</span>` : button;

/**
 * The reason of the first operator. The second one gives a reason of their own.
 * @param {Context} context @param {string} by @param {string} reason
 */
const theirs = ({ state }, by, reason) => t("jackpots.theirs", { by: personName(state, by), reason });

/** @param {Context} context @param {any[]} wins @param {string | undefined} mine */
const proposedWins = (context, wins, mine) =>
  wins.length === 0
    ? nothing
    : html`<div class="card card--flush">
        ${table({
          label: t("jackpots.proposedWins"),
          rows: wins,
          id: ({ opId }) => opId,
          columns: [
            { label: t("jackpots.win"), kind: "lead", cell: ({ group }) => named("jackpot", group) },
            { label: t("order.player"), cell: ({ userId }) => person(context, userId) },
            {
              label: t("order.amount"),
              kind: "num",
              cell: ({ amount }) => (amount ? money(amount) : t("jackpots.whole")),
            },
            { label: t("jackpots.by"), cell: ({ proposedBy }) => person(context, proposedBy) },
            { label: t("field.reason"), kind: "wide", cell: ({ reason }) => reason },
            { label: t("jackpots.lapses"), kind: "num", cell: ({ lapsesAt }) => time(lapsesAt) },
            {
              label: t("letters.acts"),
              kind: "acts",
              cell: ({ group, opId, userId, amount, reason, proposedBy }) =>
                agree(
                  proposedBy,
                  mine,
                  actButton(
                    context,
                    "jackpot.award",
                    { group, note: theirs(context, proposedBy, reason) },
                    { label: t("jackpots.agree"), about: opId, values: typedWin({ opId, userId, amount }) },
                  ),
                ),
            },
          ],
        })}
      </div>`;

/** @param {Context} context @param {any[]} terms @param {string | undefined} mine */
const proposedTerms = (context, terms, mine) =>
  html`${terms.map(({ group, terms: wanted, proposedBy, reason, lapsesAt, held }) =>
    card(
      t("jackpots.proposedTerms", { group: named("jackpot", group) }),
      html`${facts([
          ...termFacts(context, wanted),
          [t("jackpots.held"), coins(context, held)],
          [t("jackpots.by"), person(context, proposedBy)],
          [t("field.reason"), reason],
          [t("jackpots.lapses"), time(lapsesAt)],
        ])}
        <div class="line">
          ${agree(
            proposedBy,
            mine,
            actButton(
              context,
              "jackpot.terms",
              { group, version: (BigInt(wanted.version) - 1n).toString(), note: theirs(context, proposedBy, reason) },
              { label: t("jackpots.agree"), about: group, values: typedTerms(wanted) },
            ),
          )}
        </div>`,
    ),
  )}`;
