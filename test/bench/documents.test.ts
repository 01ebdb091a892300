/** What is written from results: the table between its markers, and the plot. */
import { describe, expect, it } from 'vitest';
import type { Result } from '../../bench/measure.js';
import { plotOf } from '../../bench/plot.js';
import type { Run } from '../../bench/results.js';
import { filledIn } from '../../bench/write.js';

const RESULT: Result = {
  id: 'S1',
  title: 'Jobs of <one> & only',
  series: [{ name: 'ours', unit: 'events/s', rounds: [1, 3, 2] }],
  goals: [
    { what: 'of theirs', measured: 3, unit: '×', kind: 'least', target: 2 },
    { what: 'of time', measured: 900, unit: 'ms', kind: 'most', target: 5 },
  ],
  integrity: null,
};
const MACHINE = { processor: 'any', cores: 2, memoryGb: 8, node: '20', postgres: '18', redis: '7' };
const RUN = { at: '2026-11-20T00:00:00.000Z', machine: MACHINE, options: {} as Run['options'], results: [RESULT] };

describe('what is written from results', () => {
  it('replaces what stands between the markers and nothing else', () => {
    const text = 'before\n<!-- results: written by npm run bench -- --write -->\nold\n<!-- end of results -->\nafter\n';
    const once = filledIn(text, 'new');
    expect(once).toContain('-->\n\nnew\n\n<!-- end');
    expect(once.startsWith('before\n') && once.endsWith('after\n')).toBe(true);
    expect(filledIn(once, 'new')).toBe(once);
  });

  it('refuses a document without its markers', () => {
    expect(() => filledIn('nothing', 'new')).toThrow('markers');
  });

  it('draws one bar a goal, says each in words, and escapes what it is given', () => {
    const svg = plotOf(RUN);
    expect(svg.match(/class="track"/g)).toHaveLength(2);
    expect(svg.match(/class="yes"/g)).toHaveLength(1);
    expect(svg.match(/class="no"/g)).toHaveLength(1);
    expect(svg).toContain('3.00 × of theirs, at least 2.00 ×, reached.');
    expect(svg).toContain('Jobs of &lt;one&gt; &amp; only');
    expect(svg).toContain('prefers-color-scheme: dark');
  });
});
