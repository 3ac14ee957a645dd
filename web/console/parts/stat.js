// A figure with its label.

import { html, nothing } from "../../vendor/lit-html.js";
import { money } from "../../player/texts.js";

/** @typedef {{ label: string, value: unknown, unit?: string, isWarn?: boolean }} Stat */

/** An amount with its first two decimals, as a figure has room for. @param {string} amount */
export const brief = (amount) => money(amount.replace(/(\.\d\d)\d+$/, "$1"));

/** @param {Stat} one */
export const stat = ({ label, value, unit, isWarn = false }) => html`<div class="stat ${isWarn ? "stat--warn" : ""}">
  <dt>${label}</dt>
  <dd>${value}${unit ? html` <small>${unit}</small>` : nothing}</dd>
</div>`;
