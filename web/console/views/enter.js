// Enter: log in with an account that has a role.

import { html, nothing } from "../../shared/html.js";
import { errorLine, icon } from "../../player/parts/basics.js";
import { replaced } from "../../player/parts/replaced.js";
import { EMPTY_FORM } from "../../shared/reduce.js";
import { fieldOf } from "../parts/field.js";
import { t } from "../texts.js";

/** @param {import("../types.d.ts").Context} context */
export function enterView(context) {
  const { state, act } = context;
  const { values, problem, busy } = state.forms.login ?? EMPTY_FORM;
  // A wrong password and an unknown number are told apart by no answer, so the problem stands under the button.
  const words = problem?.code === "wrong-credentials" ? t("enter.wrong") : undefined;
  return html`<section class="view" aria-labelledby="view-title">
    <div class="enter stack">
      <div class="stack stack--8">
        <h1 id="view-title" tabindex="-1">${t("console.title")}</h1>
        <p class="muted">${t("console.lead")}</p>
      </div>
      ${
        state.session.end === "ended"
          ? html`<div class="banner">
              ${icon("info")}
              <p>${t("enter.ended")}</p>
            </div>`
          : nothing
      }
      ${state.session.end === "replaced" ? replaced(state.session.was, t, act.goOn) : nothing}
      <form
        class="card stack"
        novalidate
        @submit=${(/** @type {Event} */ event) => {
          event.preventDefault();
          void act.enter();
        }}
      >
        ${fieldOf(context, "login", { name: "phoneNo", kind: "text" }, values, problem)}
        ${fieldOf(context, "login", { name: "password", kind: "password" }, values, problem)}
        <button
          class="button button--primary button--large button--wide"
          aria-disabled=${busy ? "true" : nothing}
          aria-busy=${busy ? "true" : nothing}
        >
          ${t("enter.login")}
        </button>
        ${
          problem && !["phoneNo", "password"].includes(problem.field ?? "")
            ? errorLine(problem, "login-error", words)
            : nothing
        }
      </form>
      ${
        state.platform?.stage === "local"
          ? html`<p class="hint">
              ${t("console.local")} <code class="mono">evens user role 9876543212 operator</code>
            </p>`
          : nothing
      }
    </div>
  </section>`;
}
