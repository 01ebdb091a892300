import fc from 'fast-check';
import { expect, test } from 'vitest';
import { COOL_DOWN_MS } from '../../src/domain/alerts-low.js';
import { DAY_MS, HOUR_MS } from '../../src/domain/instant.js';
import type { Asked, TestAccount } from './support-account.js';
import { mails, opened } from './support-alerts.js';
import { attach, grant, ifCovered, reverse, SETTLE, use } from './support-commands.js';

type Step = { readonly do: 'use' | 'grant' | 'back' | 'cover' | 'pass'; readonly size: number };
const step = fc.record({
  do: fc.constantFrom(
    'use' as const,
    'use' as const,
    'use' as const,
    'grant' as const,
    'back' as const,
    'cover' as const,
    'pass' as const,
  ),
  size: fc.integer({ min: 1, max: 80 }),
});

function commandOf({ do: what, size }: Step, place: number, account: TestAccount): Asked | null {
  switch (what) {
    case 'use':
      return use(`u${place}`, size);
    case 'cover':
      return ifCovered(`u${place}`, size);
    case 'grant':
      return grant(`g${place}`, size, size % 3 === 0 ? { expiresAt: (account.at() + size * DAY_MS) as never } : {});
    case 'back':
      return reverse(`r${place}`, `u${place - 1}`);
    case 'pass':
      return null;
  }
}

const play = (steps: readonly Step[], plan: string, wish: { readonly alwaysCold?: boolean } = {}): TestAccount => {
  const account = opened(plan);
  account.post(attach('one'), {
    kind: 'configure_overage',
    settings: { enabled: plan !== 'free', capMinor: null },
  } as Asked);
  for (const [place, one] of steps.entries()) {
    account.travel(one.do === 'pass' ? one.size * 6 * HOUR_MS : 0);
    const asked = commandOf(one, place, account);
    if (asked === null) continue;
    // A batch in which anything but a use stands is decided with the cold rows.
    account.post(asked, ...(wish.alwaysCold ? [SETTLE] : []));
  }
  return account;
};

test('decided hot where that is allowed, an account is told the very same as with the cold rows each time', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), fc.constantFrom('free', 'small', 'large'), (steps, plan) => {
      const [free, cold] = [play(steps, plan), play(steps, plan, { alwaysCold: true })];
      expect(mails(free)).toEqual(mails(cold));
      expect(free.rows.settings.alerts).toEqual(cold.rows.settings.alerts);
    }),
    { numRuns: 150 },
  );
});

test('whatever the sequence, nothing is told twice within its period or its cool-down', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), fc.constantFrom('free', 'small', 'large'), (steps, plan) => {
      const account = opened(plan);
      account.post(attach('one'), {
        kind: 'configure_overage',
        settings: { enabled: plan !== 'free', capMinor: null },
      } as Asked);
      const last = new Map<string, number>();
      for (const [place, one] of steps.entries()) {
        account.travel(one.do === 'pass' ? one.size * 6 * HOUR_MS : 0);
        const from = account.rows.notices.length;
        account.post(commandOf(one, place, account) ?? SETTLE);
        for (const { facts } of account.rows.notices.slice(from)) {
          const { run, ordinal } = account.rows.settings;
          const [name, span] =
            facts.kind === 'balance_low'
              ? [`low ${facts.threshold}`, COOL_DOWN_MS]
              : facts.kind === 'balance_empty'
                ? ['empty', COOL_DOWN_MS]
                : facts.kind === 'included_used'
                  ? [`${facts.level} ${run}:${ordinal}`, Number.POSITIVE_INFINITY]
                  : facts.kind === 'cap_near' || facts.kind === 'cap_reached'
                    ? [`${facts.kind} ${run}:${ordinal}`, Number.POSITIVE_INFINITY]
                    : [`${place} ${facts.kind}`, 0];
          const before = last.get(name);
          if (before !== undefined && account.at() - before < span) throw new Error(`${name} was told twice`);
          last.set(name, account.at());
        }
      }
    }),
    { numRuns: 150 },
  );
});
