// A line of counts in the row of a table, without axes. Its label and the columns beside it have the numbers.

import { html, svg } from "../../shared/html.js";

const WIDTH = 120;
const HEIGHT = 24;

/** @param {string[]} counts At least two. @param {string} label */
export function spark(counts, label) {
  const most = Math.max(1, ...counts.map(Number));
  const step = WIDTH / (counts.length - 1);
  const points = counts.map(
    (count, index) => `${(index * step).toFixed(1)},${(HEIGHT - 1 - (Number(count) / most) * (HEIGHT - 2)).toFixed(1)}`,
  );
  return html`<svg
    class="spark"
    viewBox="0 0 ${WIDTH} ${HEIGHT}"
    width=${WIDTH}
    height=${HEIGHT}
    role="img"
    aria-label=${label}
  >
    ${svg`<polyline points=${points.join(" ")} />`}
  </svg>`;
}
