// The end of an act on several things of which not all were done.

import { html, nothing } from "../../shared/html.js";
import { problemText } from "../../player/problem_text.js";
import { said, t } from "../texts.js";

/** @param {import("../types.d.ts").Context} context @param {import("../types.d.ts").Report} report */
export const reportOf = ({ act }, { action, done, gone, failed }) =>
  html`<h2 id="dialog-title">${t("report.title")}</h2>
    <div class="stack stack--8" role="status">
      <p>${said(`report.done.${action}`, { count: String(done) })}</p>
      ${gone > 0 ? html`<p>${t("report.gone", { count: String(gone) })}</p>` : nothing}
      ${
        failed.length > 0
          ? html`<p>${t("report.failed", { count: String(failed.length) })}</p>
              <ul class="rows report">
                ${failed.map(
                  ({ id, problem }) =>
                    html`<li>
                      <p class="row-title mono">${id}</p>
                      <p class="small">${problemText(problem)}</p>
                    </li>`,
                )}
              </ul>`
          : nothing
      }
    </div>
    <div class="dialog-acts">
      <button class="button button--primary" type="button" @click=${() => act.close()}>${t("close")}</button>
    </div>`;
