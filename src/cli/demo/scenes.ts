/** What the demo shows of each product: the states that every product has, and those of its own. */
import { credits } from '../../domain/credits.js';
import { minorUnits } from '../../domain/money.js';
import type { Action, Scene, Stage, Written } from './scene.js';
import { use, usesOf } from './scene.js';
import { ATLIOS_SCENES } from './scenes-atlios.js';
import { RECEPTIONIST_SCENES } from './scenes-receptionist.js';
import { TOOLBENCH_SCENES } from './scenes-toolbench.js';

interface Product {
  readonly catalog: string;
  readonly name: string;
  readonly free: string;
  /** Bought, with an allotment of so many credits. */
  readonly paid: string;
  readonly allotment: number;
  readonly actions: readonly Action[];
  /** Of the account in everyday use, beside a card and its use. */
  readonly busy?: readonly Written[];
}

const PRODUCTS: readonly Product[] = [
  {
    ...{ catalog: 'receptionist', name: 'Bright Smile Dental', free: 'standard', paid: 'standard', allotment: 100 },
    actions: [
      { meter: 'answered_call', credits: 1, properties: { outcome: 'full_conversation', seconds: 184 } },
      { meter: 'answered_call', credits: 1, properties: { outcome: 'full_conversation', seconds: 47 } },
      { meter: 'answered_call', credits: 1, properties: { outcome: 'hung_up', seconds: 4 } },
    ],
    busy: [{ kind: 'buy_pack', key: 'bought', pack: { kind: 'credits', credits: credits(200) } }],
  },
  {
    ...{ catalog: 'atlios', name: 'Nordwind Home & Garden', free: 'free', paid: 'growth', allotment: 500 },
    actions: [
      { meter: 'fix', credits: 1 },
      { meter: 'image', credits: 5, properties: { width: 2048, height: 1024 } },
      { meter: 'image', credits: 4, properties: { width: 1024, height: 1024 } },
    ],
    busy: [
      { kind: 'buy_pack', key: 'bought', pack: { kind: 'credits', credits: credits(250) } },
      { kind: 'grant', key: 'welcome', origin: 'promotion', credits: credits(25), reason: 'Welcome' },
      { kind: 'set_level', limit: 'stores', value: 2 },
      use('scan-1', { meter: 'scan', properties: { store: 'berlin' } }),
      use('scan-2', { meter: 'scan', properties: { store: 'berlin' } }),
      { kind: 'set_level', limit: 'products', value: 860 },
      { kind: 'hold', key: 'hold-1', meter: 'image', properties: { width: 4096, height: 4096 } },
      { kind: 'reverse', key: 'back-1', of: 'use-1', reason: 'The image could not be saved' },
    ],
  },
  {
    ...{ catalog: 'rheos', name: 'Studio Pfeffer', free: 'free', paid: 'business', allotment: 1500 },
    actions: [
      { meter: 'standard_image', credits: 5 },
      { meter: 'pro_image', credits: 10 },
      { meter: 'writing', credits: 0 },
      { meter: 'video', credits: 20 },
      { meter: 'website_scrape', credits: 20 },
      { meter: 'publishing', credits: 0 },
    ],
    busy: [{ kind: 'hold', key: 'hold-1', meter: 'video' }],
  },
  {
    ...{ catalog: 'storewriter', name: 'Petit Atelier', free: 'free', paid: 'pro', allotment: 100 },
    actions: [
      { meter: 'draft', credits: 3, properties: { with_cover: true } },
      { meter: 'rewrite', credits: 1 },
      { meter: 'research', credits: 0 },
      { meter: 'draft', credits: 2, properties: { with_cover: false } },
      { meter: 'automation_run', credits: 2 },
    ],
    busy: [{ kind: 'buy_pack', key: 'bought', pack: { kind: 'preset', preset: 'credits_50' } }],
  },
  {
    ...{ catalog: 'toolbench', name: 'Ateliers Réunis', free: 'free', paid: 'team', allotment: 400 },
    actions: [
      { meter: 'image_generation', credits: 2, properties: { model: 'sketch' } },
      { meter: 'image_generation', credits: 6, properties: { model: 'studio' } },
    ],
    busy: [
      { kind: 'buy_pack', key: 'bought', pack: { kind: 'credits', credits: credits(100) } },
      { kind: 'set_level', limit: 'seats', value: 7 },
      { kind: 'set_level', limit: 'projects', value: 10 },
    ],
  },
];

/** Shares of the allotment at which the bar changes its colour, in percent. */
const BARS = [
  { state: 'amber', label: 'Amber bar', percent: 80 },
  { state: 'red', label: 'Red bar', percent: 95 },
  { state: 'empty', label: 'Nothing left', percent: 100 },
] as const;

function common(product: Product): readonly Scene[] {
  const { catalog, name, free, paid, allotment, actions, busy = [] } = product;
  const used = ({ now }: Stage, percent: number) => usesOf(actions, Math.round((allotment * percent) / 100), now);
  const sold = { catalog, name, plan: paid };
  return [
    {
      ...{ ...sold, state: 'in-use', label: 'In use' },
      async play(stage) {
        await stage.attach('pm_card_visa');
        await stage.post(...used(stage, 45), ...busy);
      },
    },
    { ...{ ...sold, plan: free, state: 'new', label: 'Just opened' }, anchor: (now) => now, async play() {} },
    ...BARS.map(
      ({ state, label, percent }): Scene => ({
        ...{ ...sold, state, label },
        play: async (stage) => stage.post(...used(stage, percent)),
      }),
    ),
    {
      ...{ ...sold, state: 'past-due', label: 'Past due' },
      async play(stage) {
        await stage.attach('pm_card_mastercard');
        await stage.post(...used(stage, 30), failedInvoice(product, stage));
      },
    },
    ...(free === paid ? [] : [ending(sold, (stage) => used(stage, 30))]),
  ];
}

const ending = (sold: Pick<Scene, 'catalog' | 'name' | 'plan'>, used: (stage: Stage) => readonly Written[]): Scene => ({
  ...{ ...sold, state: 'ending', label: 'Canceled, ends soon' },
  play: async (stage) => stage.post(...used(stage), { kind: 'cancel_plan' }),
});

/** The plan's own invoice was declined, as Stripe would say it. */
const failedInvoice = ({ catalog }: Product, { now }: Stage): Written => ({
  kind: 'agree_invoice',
  view: {
    ...{ id: `in_demo_${catalog}`, subscription: null, status: 'failed', paidAt: null },
    ...{ periodStart: now, amountMinor: minorUnits(4_900) },
  },
});

/** Names as long and as strange as people's are, and a reason that is text, whatever it looks like. */
const NAMES: Scene = {
  ...{ catalog: 'storewriter', state: 'names', label: 'Long and foreign names', plan: 'pro' },
  name: 'متجر الورد — Gesellschaft für handgefertigte Blumenarrangements und Gartengestaltung Süderbrarup mbH & Co. KG',
  async play({ post, now }) {
    const reason = '<b>Sorry</b> "again" & <script>alert(1)</script>';
    await post(...usesOf([{ meter: 'rewrite', credits: 1 }], 12, now), {
      ...{ kind: 'grant', key: 'sorry', origin: 'promotion', credits: credits(30), reason },
    });
  },
};

export const SCENES: readonly Scene[] = PRODUCTS.flatMap((product) => [
  ...common(product),
  ...[...RECEPTIONIST_SCENES, ...ATLIOS_SCENES, ...TOOLBENCH_SCENES, NAMES].filter(
    ({ catalog }) => catalog === product.catalog,
  ),
]);
