// Charts over time, drawn by uPlot on a canvas. The same numbers are in a table for readers who do not see them.

import { html } from "../../shared/html.js";
import UPlot from "../../vendor/uplot.js";
import { clock } from "../../player/texts.js";

/**
 * @typedef {object} Plot
 * @property {number[]} times Seconds since 1970, rising.
 * @property {{ label: string, values: (number | null)[] }[]} lines At most three.
 * @property {(value: number) => string} format
 */

const HEIGHT = 168;
/**
 * The dashes of each line, which tell lines apart without their colours; `ink--line-{n}` of console.css shows the same.
 */
const DASHES = [[], [6, 3], [2, 3]];
const AXIS_SIZE = 56;

/** @param {number} at Seconds since 1970. */
const minute = (at) => clock(new Date(at * 1000).toISOString()).slice(0, 5);

/** A chart that keeps its canvas while its numbers change, and fits its width. */
class LineChart extends HTMLElement {
  /** @type {Plot | null} */
  #plot = null;
  /** @type {UPlot | null} */
  #chart = null;
  #sizes = new ResizeObserver(() => this.#fit());
  #scheme = matchMedia("(prefers-color-scheme: dark)");
  #repaint = () => this.#chart?.redraw(false);

  /** @param {Plot} plot */
  set plot(plot) {
    if (plot === this.#plot) return;
    this.#plot = plot;
    if (this.#chart) this.#chart.setData(dataOf(plot));
    else if (this.isConnected) this.#begin(plot);
  }

  connectedCallback() {
    if (this.#plot && !this.#chart) this.#begin(this.#plot);
    this.#sizes.observe(this);
    this.#scheme.addEventListener("change", this.#repaint);
  }

  disconnectedCallback() {
    this.#sizes.disconnect();
    this.#scheme.removeEventListener("change", this.#repaint);
    this.#chart?.destroy();
    this.#chart = null;
  }

  /** @param {Plot} plot */
  #begin(plot) {
    const axis = {
      stroke: () => this.#colour("muted"),
      grid: { stroke: () => this.#colour("line"), width: 1 },
      ticks: { show: false },
      font: "12px system-ui, sans-serif",
    };
    /** @type {UPlot.Options} */
    const options = {
      width: Math.max(this.clientWidth, 1),
      height: HEIGHT,
      legend: { show: false },
      cursor: { drag: { x: false, y: false }, y: false },
      scales: { y: { range: (_, __, most) => [0, Math.max(most * 1.1, Number.MIN_VALUE)] } },
      axes: [
        { ...axis, size: 28, space: 80, values: (_, splits) => splits.map(minute) },
        { ...axis, size: AXIS_SIZE, space: 36, values: (_, splits) => ticks(splits) },
      ],
      series: [
        {},
        ...plot.lines.map(({ label }, index) => ({
          label,
          stroke: () => this.#colour(`line-${index + 1}`),
          width: 1.5,
          dash: DASHES[index],
          points: { show: false },
        })),
      ],
      hooks: { setCursor: [(chart) => this.#say(chart.cursor.idx ?? null)] },
    };
    this.#chart = new UPlot(options, dataOf(plot), this);
  }

  /** A colour of the style sheet, as the canvas needs it. @param {string} name */
  #colour(name) {
    const found = this.parentElement?.querySelector(`.ink--${name}`);
    return found ? getComputedStyle(found).color : "";
  }

  /** Shows the time and the values under the pointer beside the title and the lines. @param {number | null} index */
  #say(index) {
    const [shownTime, ...shownValues] = this.parentElement?.querySelectorAll("output") ?? [];
    const plot = this.#plot;
    if (!shownTime || !plot) return;
    shownTime.textContent = index === null ? "" : minute(plot.times[index]);
    plot.lines.forEach(({ values }, line) => {
      const value = index === null ? null : values[index];
      shownValues[line].textContent = value === null ? "" : plot.format(value);
    });
  }

  #fit() {
    const width = this.clientWidth;
    if (width > 0 && this.#chart && this.#chart.width !== width) this.#chart.setSize({ width, height: HEIGHT });
  }
}

/** The labels of an axis, with as many decimals as tell them apart. @param {number[]} splits */
function ticks(splits) {
  const step = splits.length > 1 ? Math.abs(splits[1] - splits[0]) : 1;
  const decimals = Math.min(3, Math.max(0, Math.ceil(-Math.log10(step))));
  return splits.map((value) =>
    value.toLocaleString("en", { minimumFractionDigits: decimals, maximumFractionDigits: decimals }),
  );
}

/** @param {Plot} plot @returns {UPlot.AlignedData} */
const dataOf = ({ times, lines }) => [times, ...lines.map(({ values }) => values)];

customElements.define("line-chart", LineChart);

/** @param {string} title @param {Plot} plot */
export const chart = (title, plot) =>
  html`<figure class="card chart">
    <figcaption>
      <span class="line line--apart"
        ><h2>${title}</h2>
        <output aria-hidden="true"></output
      ></span>
      <span class="chart-lines">
        ${plot.lines.map(
          ({ label }, index) =>
            html`<span class="chart-line"
              ><i class="ink ink--line-${index + 1}"></i>${label}<output aria-hidden="true"></output
            ></span>`,
        )}
      </span>
    </figcaption>
    <i class="ink--muted" hidden></i><i class="ink--line" hidden></i>
    <line-chart role="img" aria-label=${title} .plot=${plot}></line-chart>
  </figure>`;
