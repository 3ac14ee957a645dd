// Another account has logged in in this browser: whose tab this was, and the way on. The console shows it as well.

import { html } from "../../shared/html.js";
import { icon } from "./basics.js";

/**
 * @param {import("../../shared/types.d.ts").User | null} was The account of this tab, where it was read.
 * @param {(key: any, words?: Record<string, string>) => string} t The texts of the page.
 * @param {() => void} goOn
 */
export function replaced(was, t, goOn) {
  const name = was ? (was.userName ?? t("replaced.number", { number: was.userId })) : t("replaced.someone");
  return html`<section class="card notice" role="alert" aria-labelledby="replaced-title">
    ${icon("lock")}
    <h2 id="replaced-title">${t("replaced.title")}</h2>
    <p>${t("replaced.text", { name })}</p>
    <p>${t("replaced.or")}</p>
    <button class="button" type="button" @click=${goOn}>${t("replaced.go")}</button>
  </section>`;
}
