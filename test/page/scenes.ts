/** Accounts in the states that people meet, each by commands that the product's backend and its owner would send. */
import type { Command } from '../../src/domain/commands.js';
import { credits } from '../../src/domain/credits.js';
import { accountId, memberId } from '../../src/domain/ids.js';
import { HOUR_MS, later } from '../../src/domain/instant.js';
import { minorUnits } from '../../src/domain/money.js';
import type { Pages } from './pages.js';

type Written = Command extends infer One ? (One extends Command ? Omit<One, 'account'> : never) : never;

/** The commands on one account; each must be taken. */
export async function post({ river }: Pages, account: string, ...commands: readonly Written[]): Promise<void> {
  const whole = commands.map((one) => ({ ...one, account: accountId(account) }) as Command);
  const answer = await river.desk.ledger.post(whole);
  if (answer.kind === 'unavailable') throw new Error(answer.reason);
  for (const outcome of answer.outcomes) if (outcome.kind === 'refused') throw new Error(outcome.message);
}

export const use = (key: string, meter: string, more: Partial<Extract<Written, { kind: 'use' }>> = {}): Written => ({
  kind: 'use',
  key,
  meter,
  quantity: 1,
  onRefusal: 'record',
  ...more,
});

const many = <One>(count: number, one: (at: number) => One): One[] =>
  Array.from({ length: count }, (_one, at) => one(at));

/** Atlios on Growth: fixes and images used, a pack granted, levels, scans, a hold in flight, pay-as-you-go on. */
export async function atliosBusy(pages: Pages, id = 'atlios-busy'): Promise<string> {
  await pages.open('atlios', id, { plan: 'growth', name: 'Nordwind Home & Garden' });
  await pages.river.attach(id, 'pm_card_visa');
  await post(
    pages,
    id,
    ...many(12, (at) => use(`fix-${at}`, 'fix', { member: memberId('ada') })),
    ...many(40, (at) => use(`image-${at}`, 'image', { properties: { width: 2048, height: 1024 } })),
    ...many(3, (at) => use(`scan-${at}`, 'scan', { properties: { store: 'berlin' } })),
    { kind: 'grant', key: 'welcome', origin: 'promotion', credits: credits(25), reason: 'Welcome' },
    { kind: 'grant', key: 'paid', origin: 'purchase', credits: credits(250), reason: 'Bank transfer', paid: true },
    { kind: 'set_level', limit: 'stores', value: 2 },
    { kind: 'set_level', limit: 'products', value: 1000 },
    { kind: 'configure_overage', settings: { enabled: true, capMinor: null } },
    { kind: 'hold', key: 'hold-1', meter: 'image', properties: { width: 4096, height: 4096 } },
  );
  await post(pages, id, { kind: 'reverse', key: 'back-1', of: 'fix-3', reason: 'The fix could not be saved' });
  return id;
}

/** So much of the 500 included credits of Growth is used that the bar is amber, or red. */
export async function atliosUsed(pages: Pages, id: string, used: number): Promise<string> {
  await pages.open('atlios', id, { plan: 'growth' });
  await post(pages, id, ...many(used, (at) => use(`fix-${at}`, 'fix')));
  return id;
}

export async function atliosTrial(pages: Pages, id = 'atlios-trial'): Promise<string> {
  await pages.open('atlios', id, { plan: 'free' });
  await pages.river.attach(id, 'pm_card_visa');
  await post(pages, id, { kind: 'start_trial', plan: 'growth' });
  return id;
}

export async function atliosEmpty(pages: Pages, id = 'atlios-empty'): Promise<string> {
  return pages.open('atlios', id, { plan: 'free' });
}

/** Pay-as-you-go ran up something and was turned off. */
export async function atliosOverageOff(pages: Pages, id = 'atlios-overage'): Promise<string> {
  await atliosUsed(pages, id, 500);
  await pages.river.attach(id, 'pm_card_visa');
  await post(pages, id, { kind: 'configure_overage', settings: { enabled: true, capMinor: null } });
  await post(pages, id, ...many(100, (at) => use(`more-${at}`, 'fix')));
  await post(pages, id, { kind: 'configure_overage', settings: { enabled: false, capMinor: null } });
  return id;
}

export const topOffOn = (more: Partial<Extract<Written, { kind: 'configure_top_off' }>['settings']> = {}): Written => ({
  kind: 'configure_top_off',
  settings: {
    ...{ enabled: true, threshold: credits(50), amount: credits(200), card: null },
    ...{ capDayMinor: null, capMonthMinor: minorUnits(50_000) },
    ...more,
  },
});

export const call = (key: string): Written =>
  use(key, 'answered_call', { properties: { outcome: 'full_conversation', seconds: 312 } });

/** The receptionist with 100 calls, some of them taken. */
export async function receptionist(pages: Pages, id: string, used = 12, card: string | null = 'pm_card_visa') {
  await pages.open('receptionist', id, { plan: 'standard', name: 'Praxis Dr. Özgür' });
  if (card !== null) await pages.river.attach(id, card);
  await post(pages, id, ...many(used, (at) => call(`call-${at}`)));
  return id;
}

/** Toolbench with two pools, a budget and a member who keeps to one of them. */
export async function toolbenchPools(pages: Pages, id = 'toolbench-pools'): Promise<string> {
  await pages.open('toolbench', id, { plan: 'team', name: 'Ateliers Réunis' });
  await post(
    pages,
    id,
    {
      ...{ kind: 'configure_pool', pool: 'design', label: 'Design team', credits: credits(120), whenUsed: 'stop' },
      members: [memberId('mia'), memberId('noor')],
    },
    {
      ...{ kind: 'configure_pool', pool: 'research', label: 'Research', credits: credits(80), whenUsed: 'use_rest' },
      members: [],
      unconfined: [memberId('kai')],
    },
    { kind: 'set_budget', member: memberId('mia'), credits: credits(60) },
    { kind: 'set_level', limit: 'seats', value: 9 },
    { kind: 'set_level', limit: 'projects', value: 10 },
  );
  await post(
    pages,
    id,
    ...many(5, (at) =>
      use(`design-${at}`, 'image_generation', {
        ...{ quantity: 3, properties: { model: 'studio' }, member: memberId('mia'), pool: 'design' },
        onRefusal: 'refuse',
      } as never),
    ),
    use('text-1', 'text_generation', { properties: { model: 'deep', input_tokens: 12_000, output_tokens: 4_000 } }),
    use('report-1', 'keyword_report', { member: memberId('kai') }),
  );
  return id;
}

export async function rheosFree(pages: Pages, id = 'rheos-free'): Promise<string> {
  await pages.open('rheos', id, { plan: 'free', name: 'Studio Pfeffer' });
  await post(
    pages,
    id,
    ...many(20, (at) => use(`image-${at}`, 'standard_image')),
    use('video', 'video'),
    use('post', 'writing'),
  );
  return id;
}

export async function storewriterPro(pages: Pages, id = 'storewriter-pro'): Promise<string> {
  await pages.open('storewriter', id, { plan: 'pro', name: 'متجر الورد' });
  await post(
    pages,
    id,
    ...many(6, (at) => use(`draft-${at}`, 'draft', { properties: { with_cover: at % 2 === 0 } })),
    use('rewrite', 'rewrite'),
    {
      kind: 'grant',
      key: 'topup',
      origin: 'purchase',
      credits: credits(50),
      reason: '<script>alert(1)</script>',
      paid: true,
    },
  );
  return id;
}

export { HOUR_MS, later };
