/** The balance over the last entries as a stepped line, with the threshold across it. Drawn with attributes: no inline style. */
import { type Credits, MICRO } from '../domain/credits.js';
import { type Html, html } from './html.js';

const WIDTH = 1_000;
const HEIGHT = 160;
/** Room above the highest point, so that the line does not touch the edge. */
const HEADROOM = 1.12;

export interface ChartPoint {
  readonly balance: Credits;
  /** Whether credits were bought here. */
  readonly bought: boolean;
}

/** Oldest first. Null where there is nothing to draw yet. */
export function balanceChart(points: readonly ChartPoint[], threshold: Credits | null, label: string): Html | null {
  if (points.length < 2) return null;
  const values = points.map(({ balance }) => creditsOf(balance));
  const least = Math.min(0, ...values);
  const most = Math.max(1, ...values, threshold === null ? 0 : creditsOf(threshold)) * HEADROOM;
  const x = (place: number): string => ((place / (points.length - 1)) * WIDTH).toFixed(1);
  const y = (value: number): string => (HEIGHT - ((value - least) / (most - least)) * HEIGHT).toFixed(1);
  const steps = values.map((value, place) => (place === 0 ? `M0 ${y(value)}` : `H${x(place)}V${y(value)}`)).join('');
  const bought = points.flatMap((point, place) =>
    point.bought && place > 0
      ? [html`<path class="bought" d="M${x(place)} ${y(values[place - 1] ?? 0)}V${y(values[place] ?? 0)}"/>`]
      : [],
  );
  return html`<svg class="chart" viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label="${label}">
<path class="area" d="${steps}V${y(least)}H0Z"/>
${threshold !== null && html`<path class="threshold" d="M0 ${y(creditsOf(threshold))}H${WIDTH}"/>`}
<path class="line" d="${steps}"/>${bought}
</svg>`;
}

/** A drawing may round; nothing is counted with it. */
const creditsOf = (amount: Credits): number => Number(amount) / Number(MICRO);
