/** Usage by action and day, stacked. The table beside it says the same to whoever cannot see it. */
import '@mantine/core/styles/ColorSwatch.css';
import '@mantine/charts/styles.css';
import { BarChart } from '@mantine/charts';
import { useComputedColorScheme } from '@mantine/core';
import { sum } from '../core/amounts.js';
import type { Answer } from '../core/call.js';
import { usePage } from '../core/data.js';
import { NAMED, seriesOf } from '../core/series.js';
import { STRINGS } from '../strings.js';

type Sums = Answer<'readDailyUsage'>['days'];

interface UsageChartProps {
  readonly days: readonly string[];
  readonly sums: Sums;
  readonly nameOf: (meter: string) => string;
}

/** Told apart by people who see colours differently, on white and on black. */
const COLORS = {
  light: ['var(--brand-text)', '#b45309', '#0369a1', '#7e22ce', '#4d7c0f', '#6b7280'],
  dark: ['var(--brand-text)', '#f59e0b', '#38bdf8', '#c084fc', '#a3e635', '#9ca3af'],
} as const;
export default function UsageChart({ days, sums, nameOf }: UsageChartProps) {
  const { formats, overview } = usePage();
  const scheme = useComputedColorScheme('light');
  const groups = seriesOf(sums);
  const name = (meter: string | null): string => (meter === null ? STRINGS.holds.plain : nameOf(meter));
  // Keys of our own: a meter's may hold points and brackets, which charts read as paths.
  const series = groups.map((group, at) => ({
    name: `s${at}`,
    label: at === NAMED ? STRINGS.usage.others : name(group[0] ?? null),
    color: COLORS[scheme][at] ?? COLORS[scheme][NAMED],
  }));
  const data = days.map((day) => {
    const ofDay = sums.filter((one) => one.day === day);
    const values = groups.map((group, at) => [
      `s${at}`,
      Number(sum(ofDay.filter((one) => group.includes(one.meter)).map((one) => one.credits))),
    ]);
    return { day: formats.dayOf(day), ...Object.fromEntries(values) };
  });
  return (
    <figure style={{ margin: 0 }}>
      <figcaption className="hidden">{STRINGS.usage.chart(overview.words.credit.many)}</figcaption>
      <div className="chart" aria-hidden="true">
        <BarChart
          h={260}
          data={data}
          dataKey="day"
          type="stacked"
          series={series}
          withLegend={series.length > 1}
          tickLine="none"
          valueFormatter={(value) => formats.figure(value)}
          // Room above, or the topmost figure of the scale would be cut in half.
          barChartProps={{ accessibilityLayer: false, margin: { top: 12 } }}
          barProps={{ isAnimationActive: false }}
        />
      </div>
    </figure>
  );
}
