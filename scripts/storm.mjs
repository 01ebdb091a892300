/** `npm run storm -- --seed 7 --minutes 5`: a long storm, or several with `--seed 1-5`. */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const { values } = parseArgs({
  options: { seed: { type: 'string' }, minutes: { type: 'string', default: '2' } },
});
const minutes = Number(values.minutes);
const seed = values.seed ?? String(1 + Math.floor(Math.random() * 100_000));
if (!(minutes > 0 && minutes <= 60) || !/^[\d,-]+$/.test(seed)) {
  process.stderr.write('Usage: npm run storm -- --seed 7 (or 1-5, or 3,9) --minutes 5 (at most 60)\n');
  process.exit(2);
}
process.stdout.write(`seed ${seed}, ${minutes} minutes of trouble each\n`);
const vitest = path.join(root, 'node_modules', 'vitest', 'vitest.mjs');
const settings = [`CREDITD_STORM_SEEDS=${seed}`, `CREDITD_STORM_MINUTES=${minutes}`];
spawn('env', [...settings, process.execPath, vitest, 'run', 'test/storm/storm.test.ts'], {
  cwd: root,
  stdio: 'inherit',
}).on('exit', (code) => process.exit(code ?? 1));
