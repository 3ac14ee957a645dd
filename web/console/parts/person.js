// A person: the name beside the number, and the way to the account.

import { html } from "../../shared/html.js";
import { hashOf } from "../../shared/router.js";

/** @typedef {import("../types.d.ts").Context} Context */

/**
 * @param {Context} context @param {string | null | undefined} userId
 * @param {string | null} [name] If the answer has it; else it is read.
 */
export const person = ({ state }, userId, name) =>
  userId === null || userId === undefined
    ? html`<span class="muted">–</span>`
    : html`<a class="person" href=${hashOf("users", userId)}
        >${nameAndNumber(name ?? state.people[userId], userId)}</a
      >`;

/** A name with its number, or the number alone. @param {string | null | undefined} name @param {string} userId */
export const nameAndNumber = (name, userId) =>
  name ? html`<span>${name}</span> <small class="num">${userId}</small>` : html`<span class="num">${userId}</span>`;
