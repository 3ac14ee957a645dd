// The switches of the stage: which of them stop players' requests, since when, by whom and why.

import { html, nothing } from "../../shared/html.js";
import { said, t } from "../texts.js";
import { actButton, badge, time } from "./basics.js";
import { person } from "./person.js";
import { table } from "./table.js";

/** @typedef {import("../types.d.ts").Context} Context */
/**
 * @typedef {{ switch: string, state: string, since: string | null, by: string | null, reason: string | null }} Switch
 */

const NONE = html`<span class="muted">–</span>`;

/** The switches that are off, in the head of a view. @param {Switch[] | undefined} switches */
export function paused(switches) {
  const off = switches?.filter(({ state }) => state === "off") ?? [];
  return off.length
    ? badge("warn", t("switches.paused", { names: off.map((one) => said(`switches.${one.switch}`)).join(", ") }))
    : nothing;
}

/** @param {Context} context @param {Switch[] | undefined} switches */
export const switchesCard = (context, switches) =>
  switches
    ? html`<section class="card card--flush" aria-labelledby="switches-title">
        <div class="card-head"><h2 id="switches-title">${t("switches.title")}</h2></div>
        ${table({
          label: t("switches.title"),
          rows: switches,
          id: (one) => one.switch,
          columns: [
            { label: t("switches.name"), kind: "lead", cell: (one) => said(`switches.${one.switch}`) },
            {
              label: t("switches.state"),
              cell: ({ state }) =>
                state === "off" ? badge("warn", t("switches.off")) : badge("good", t("switches.on")),
            },
            { label: t("switches.since"), cell: ({ since }) => time(since) },
            { label: t("switches.by"), cell: ({ by }) => person(context, by) },
            { label: t("switches.reason"), kind: "wide", cell: ({ reason }) => reason ?? NONE },
            { label: t("switches.acts"), kind: "acts", cell: (one) => button(context, one) },
          ],
        })}
      </section>`
    : nothing;

/** @param {Context} context @param {Switch} one */
function button(context, one) {
  const name = said(`switches.${one.switch}`);
  const subject = { switch: one.switch, name, effect: said(`switches.${one.switch}.effect`) };
  return one.state === "off"
    ? actButton(context, "switch.on", subject, { about: name })
    : actButton(context, "switch.off", subject, { about: name });
}
