/** The last words of a run: what this machine could not test, and how to get it. Silence means that nothing was left out. */
import { missingPrograms } from './programs.js';

export default class MissingReporter {
  onTestRunEnd(modules: readonly { readonly moduleId: string }[] = []): void {
    const missing = [...missingPrograms, ...missingKey(modules)];
    if (missing.length === 0) return;
    const lines = missing.map((line) => `   · ${line}`);
    process.stdout.write(`\n Skipped on this machine:\n${lines.join('\n')}\n`);
  }
}

/** Only where the contract of payments is run by itself: whoever runs everything did not ask for Stripe's test mode. */
function missingKey(modules: readonly { readonly moduleId: string }[]): readonly string[] {
  const isAlone = modules.length === 1 && modules[0]?.moduleId.endsWith('test/contract/payments.test.ts') === true;
  if (!isAlone || process.env.STRIPE_TEST_SECRET_KEY) return [];
  return ["Stripe's test mode: set STRIPE_TEST_SECRET_KEY to a key that begins with sk_test_, of an account for tests"];
}
