// A bank account that two players claim, found by the reference that the refused player got.

import { html, nothing } from "../../shared/html.js";
import { actButton, card, facts, loaded, nothingHere, time, view } from "../parts/basics.js";
import { find } from "../parts/find.js";
import { waitingActs } from "../parts/history.js";
import { person } from "../parts/person.js";
import { t } from "../texts.js";

/** @typedef {import("../types.d.ts").Context} Context */

/** @param {Context} context */
export function accountsView(context) {
  const { id } = context.state.route;
  return view(
    "accounts",
    { act: find("accounts", t("accounts.reference")) },
    id
      ? loaded(context, `account:${id}`, (account) => one(context, account))
      : nothingHere(t("accounts.none"), t("accounts.none.text")),
  );
}

/** @param {Context} context @param {any} account */
const one = (context, account) =>
  html`${card(
    t("accounts.account", { mask: account.mask ?? "–" }),
    html`${facts([
      [t("accounts.holder"), person(context, account.userId)],
      [t("accounts.payee"), html`<span class="mono">${account.payeeId}</span>`],
      [t("accounts.freed"), account.freedAt && time(account.freedAt)],
      [t("accounts.keptFor"), account.keptFor && person(context, account.keptFor)],
    ])}
    ${
      account.freedAt
        ? nothing
        : html`<div class="line">${actButton(context, "account.free", { reference: account.reference })}</div>`
    }`,
  )}
  ${waitingActs(context, account.waiting)}`;
