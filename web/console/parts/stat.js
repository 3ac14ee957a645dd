// A figure with its label.

import { html, nothing } from "../../shared/html.js";

/** @typedef {{ label: string, value: unknown, unit?: string, isWarn?: boolean }} Stat */

/** @param {Stat} one */
export const stat = ({ label, value, unit, isWarn = false }) =>
  html`<div class="stat ${isWarn ? "stat--warn" : ""}">
    <dt>${label}</dt>
    <dd>${value}${unit ? html` <small>${unit}</small>` : nothing}</dd>
  </div>`;
