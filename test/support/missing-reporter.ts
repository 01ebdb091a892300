/** The last words of a run: what this machine could not test, and how to get it. Silence means that nothing was left out. */
import { missingPrograms } from './programs.js';

export default class MissingReporter {
  onTestRunEnd(): void {
    if (missingPrograms.length === 0) return;
    const lines = missingPrograms.map((line) => `   · ${line}`);
    process.stdout.write(`\n Skipped on this machine:\n${lines.join('\n')}\n`);
  }
}
