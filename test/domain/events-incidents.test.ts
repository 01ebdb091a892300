/** What a product is told of incidents and caps: each once when it comes, and once when it is over. */
import { expect, test } from 'vitest';
import type { EventBodies, EventType } from '../../src/domain/events-body.js';
import { DAY_MS } from '../../src/domain/instant.js';
import { minorUnits } from '../../src/domain/money.js';
import { makeAccount, type TestAccount } from './support-account.js';
import { opened } from './support-alerts.js';
import { attach, configure, grant, use } from './support-commands.js';
import { makeProcessor, runDueCharges } from './support-processor.js';

const only = <Type extends EventType>(account: TestAccount, type: Type): EventBodies[Type][] =>
  account.events.flatMap((event) => (event.type === type ? [event.data as EventBodies[Type]] : []));

test('an incident is told when it opens and, under the same id, when a later try has paid', async () => {
  const account = makeAccount();
  const processor = makeProcessor();
  account.post(grant('g', 100), attach('one'), configure());
  processor.state.mood = 'declines';
  account.post(use('u', 60));
  await runDueCharges(account, processor);
  const [told] = only(account, 'incident.opened');
  expect(told).toMatchObject({ kind: 'card_declined', charge: [...account.rows.charges.keys()][0] });
  expect(only(account, 'incident.resolved')).toEqual([]);
  processor.state.mood = 'pays';
  account.travel(DAY_MS);
  await runDueCharges(account, processor);
  expect(only(account, 'incident.resolved')).toEqual([told]);
  expect(only(account, 'incident.opened')).toHaveLength(1);
});

test('the owner’s cap that lets no top-off through is told once, as the cap and as an incident', () => {
  const account = makeAccount();
  account.post(grant('g', 100), attach('one'), configure({ capDayMinor: minorUnits(4_999) }));
  account.post(use('u', 60));
  account.post(use('v', 1));
  expect(only(account, 'cap.reached')).toEqual([{ cap: 'top_off' }]);
  expect(only(account, 'incident.opened')).toMatchObject([{ kind: 'spending_cap_reached', charge: null }]);
});

test('the cap of pay-as-you-go is told once a period', () => {
  const account = opened('small');
  account.post(attach('one'), { kind: 'configure_overage', settings: { enabled: true, capMinor: null } });
  account.post(use('u', 199));
  expect(only(account, 'cap.reached')).toEqual([]);
  account.post(use('v', 1));
  account.post(use('w', 5));
  expect(only(account, 'cap.reached')).toEqual([{ cap: 'overage' }]);
});
