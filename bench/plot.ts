/**
 * The results as a drawing: one bar a goal, from nothing to twice the goal, with a mark where the goal is. It is read in
 * light and in dark, so that its colours are chosen by the reader's own setting.
 */

import { machineLine } from './machine.js';
import { type Goal, isReached, type Result } from './measure.js';
import { amount, boundOf } from './report.js';
import type { Run } from './results.js';

const WIDTH = 860;
const LEFT = 400;
const BAR = 280;
const ROW = 42;
const TOP = 64;
const BOTTOM = 34;

const STYLE = `
  text { font: 13px system-ui, sans-serif; fill: #1f2937 }
  .head { font-weight: 600; font-size: 15px }
  .small { font-size: 11px; fill: #4b5563 }
  .track { fill: #e5e7eb }
  .yes { fill: #0f766e }
  .no { fill: #b45309 }
  .goal { stroke: #111827; stroke-width: 2 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e5e7eb }
    .small { fill: #9ca3af }
    .track { fill: #374151 }
    .yes { fill: #2dd4bf }
    .no { fill: #fbbf24 }
    .goal { stroke: #f9fafb }
  }`;

const safe = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

export function plotOf({ at, machine, results }: Run): string {
  const rows = results.flatMap((result) => result.goals.map((goal) => ({ result, goal })));
  const height = TOP + rows.length * ROW + BOTTOM;
  const described = rows.map(({ result, goal }) => sentenceOf(result, goal)).join(' ');
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-labelledby="title about">`,
    `<title id="title">What was measured, and what was to be reached</title>`,
    `<desc id="about">${safe(described)}</desc>`,
    `<style>${STYLE}\n</style>`,
    `<text class="head" x="16" y="26">What was measured, and what was to be reached</text>`,
    `<text class="small" x="16" y="46">Each bar ends at twice its goal, which is the mark in the middle.</text>`,
    ...rows.map(({ result, goal }, place) => rowOf(result, goal, TOP + place * ROW)),
    `<text class="small" x="16" y="${height - 12}">${safe(`${at.slice(0, 10)}: ${machineLine(machine)}`)}</text>`,
    '</svg>\n',
  ].join('\n');
}

const sentenceOf = ({ id }: Result, goal: Goal): string =>
  `${id}: ${amount(goal.measured)} ${goal.unit} ${goal.what}, ${boundOf(goal)}, ${isReached(goal) ? 'reached' : 'not reached'}.`;

function rowOf({ id, title }: Result, goal: Goal, y: number): string {
  const length = Math.max(2, Math.min(1, goal.measured / (2 * goal.target)) * BAR);
  const middle = LEFT + BAR / 2;
  const value = `${amount(goal.measured)} ${goal.unit}`;
  return [
    `<text x="16" y="${y + 13}"><tspan font-weight="600">${id}</tspan>  ${safe(title)}</text>`,
    `<text class="small" x="38" y="${y + 28}">${safe(`${value} ${goal.what}`)}</text>`,
    `<rect class="track" x="${LEFT}" y="${y + 6}" width="${BAR}" height="15" rx="3"/>`,
    `<rect class="${isReached(goal) ? 'yes' : 'no'}" x="${LEFT}" y="${y + 6}" width="${length.toFixed(1)}" height="15" rx="3"/>`,
    `<line class="goal" x1="${middle}" x2="${middle}" y1="${y + 3}" y2="${y + 24}"/>`,
    `<text x="${LEFT + BAR + 12}" y="${y + 18}">${safe(value)}<tspan class="small" dx="6">${safe(boundOf(goal))}</tspan></text>`,
  ].join('\n');
}
