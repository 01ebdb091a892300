/** One read for the billing page: what each part of it looks like. Parts that a member may not see are null or empty. */
import { z } from 'zod';
import { ROLES } from '../../domain/permissions.js';
import { planNowOut, plansOut, WINDOWS } from './overview-shape-plan.js';
import { CHARGE_STATES, creditsOut, instantOut, minorOut, ratioOut } from './shapes.js';

const noun = z.object({ one: z.string(), many: z.string() });

export const balancePart = z.object({
  remaining: creditsOut,
  available: creditsOut,
  held: creditsOut,
  spendable: creditsOut,
  debt: creditsOut,
});

export const includedOut = z.object({
  allotment: creditsOut.meta({ description: 'What this period brought, differences of upgrades counted.' }),
  used: creditsOut,
  remaining: creditsOut,
  percent: z.number().meta({ description: 'Used, of 100, with one decimal.' }),
  level: z.enum(['ok', 'amber', 'red']),
  resetsAt: instantOut.nullable(),
});

const lotsOut = z.object({
  kept: creditsOut.meta({ description: 'What never expires.' }),
  lapsing: z
    .array(z.object({ kind: z.string(), remaining: creditsOut, expiresAt: instantOut }))
    .meta({ description: 'What expires, soonest first.' }),
  later: z
    .array(z.object({ kind: z.string(), amount: creditsOut, effectiveAt: instantOut }))
    .meta({ description: 'What begins later.' }),
});

/** What a failure or a block is about: the payment that did not go through. */
const unpaidOut = z
  .object({
    id: z.string(),
    kind: z.enum(['top_off', 'pack', 'overage']),
    state: z.enum(CHARGE_STATES),
    amountMinor: minorOut,
    currency: z.string(),
  })
  .nullable();

const offer = z.object({ credits: creditsOut, amountMinor: minorOut });
export const packsOut = z.object({
  offered: z.boolean().meta({ description: 'On the present plan.' }),
  currency: z.string(),
  ratio: ratioOut,
  presets: z.array(offer.extend({ key: z.string(), label: z.string() })),
  custom: z
    .object({
      by: z.enum(['money', 'credits']),
      min: offer,
      max: offer,
      step: offer,
      sentence: z.string().meta({ description: 'Bounds and increments, spelled out.' }),
    })
    .nullable(),
});

export const overageOut = z.object({
  offered: z.boolean(),
  enabled: z.boolean(),
  price: ratioOut.nullable(),
  capMinor: minorOut.nullable().meta({ description: 'What holds: the lower of the owner’s and the plan’s.' }),
  ownCapMinor: minorOut.nullable(),
  planCapMinor: minorOut.nullable(),
  used: creditsOut.meta({ description: 'In this period, beyond the balance.' }),
  usedMinor: minorOut.meta({ description: 'What that will cost.' }),
  blocked: z.boolean().meta({ description: 'A payment of it failed: nothing more until it is paid.' }),
  unpaid: unpaidOut.meta({ description: 'That payment.' }),
  needsCard: z.boolean(),
});

const cardOut = z.object({
  id: z.string(),
  brand: z.string(),
  last4: z.string(),
  expiryMonth: z.int(),
  expiryYear: z.int(),
  refused: z.boolean().meta({ description: 'Its bank refused it; it is charged only when its owner says so.' }),
  expired: z.boolean(),
  first: z.boolean(),
  forTopOff: z.boolean(),
});
export const cardsOut = z.array(cardOut);

export const topOffOut = z.object({
  offered: z.boolean(),
  settings: z.object({
    enabled: z.boolean(),
    threshold: creditsOut,
    amount: creditsOut,
    card: z.string().nullable(),
    capDayMinor: minorOut.nullable(),
    capMonthMinor: minorOut.nullable(),
  }),
  amountMinor: minorOut.nullable().meta({ description: 'What one of the set amount costs.' }),
  bounds: z
    .object({
      price: ratioOut,
      minAmount: creditsOut,
      maxAmount: creditsOut,
      step: creditsOut,
      largestChargeMinor: minorOut,
      defaultThreshold: creditsOut,
      defaultAmount: creditsOut,
    })
    .nullable(),
  card: cardOut.nullable(),
  state: z.enum(['off', 'ready', 'due', 'charging', 'waiting', 'held_back']),
  heldBackBy: z.string().nullable(),
  suspendedAt: instantOut.nullable(),
  pausedAt: instantOut.nullable(),
  pausedByOperator: z.boolean().meta({ description: 'Then no owner can resume it.' }),
  charge: z.string().nullable().meta({ description: 'The one that is open.' }),
  unpaid: unpaidOut.meta({ description: 'The one that is open, where it did not go through at first.' }),
  sentence: z.string(),
});

export const incidentOut = z.object({
  id: z.string(),
  kind: z.string(),
  charge: z.string().nullable(),
  payment: unpaidOut.meta({
    description: 'What the charge is for and how much it is; null where it is paid or long over.',
  }),
  openedAt: instantOut,
  resolvedAt: instantOut.nullable(),
  dismissed: z.boolean().meta({ description: 'By whoever asks.' }),
  title: z.string(),
  meaning: z.string(),
  toDo: z.string(),
  action: z
    .object({
      code: z.enum(['set_up_top_off', 'update_payment_method', 'retry', 'authenticate', 'change_cap', 'resume']),
      label: z.string(),
      url: z.string(),
    })
    .nullable()
    .meta({ description: 'The one button of it; null where it is over.' }),
  support: z.object({ label: z.string(), url: z.string() }).nullable(),
});

export const limitsOut = z.object({
  levels: z.array(
    z.object({
      limit: z.string(),
      label: z.string(),
      member: z.string().nullable(),
      count: z.int(),
      most: z.number().nullable(),
    }),
  ),
  windows: z.array(
    z.object({
      limit: z.string(),
      label: z.string(),
      subject: z.string(),
      count: z.number(),
      most: z.number(),
      per: z.enum(WINDOWS).meta({ description: '`until`: at `resetsAt` it ends for good.' }),
      resetsAt: instantOut.nullable(),
      ended: z.boolean(),
    }),
  ),
  pools: z.array(
    z.object({
      pool: z.string(),
      label: z.string(),
      credits: creditsOut,
      used: creditsOut,
      held: creditsOut,
      unspent: creditsOut,
      worth: creditsOut,
      members: z.array(z.string()),
      unconfined: z.array(z.string()),
      whenUsed: z.enum(['stop', 'use_rest']),
    }),
  ),
  budgets: z.array(
    z.object({ member: z.string(), credits: creditsOut, used: creditsOut, held: creditsOut, left: creditsOut }),
  ),
  periodEndsAt: instantOut.nullable(),
});

export const runwayOut = z
  .union([
    z.object({ kind: z.literal('learning') }),
    z.object({ kind: z.literal('lasts'), days: z.number(), until: instantOut, perDay: creditsOut }),
  ])
  .nullable();

export const gatePart = z.object({
  open: z.boolean(),
  sentence: z.string().nullable().meta({ description: 'For the product’s users, where it is closed.' }),
  limit: z.string().optional().meta({ description: 'Which limit fired first, to whoever is not confined to pools.' }),
  remedies: z.array(
    z.object({
      code: z.string(),
      sentence: z.string(),
      who: z.enum(['owner', 'anybody']),
      url: z.string().nullable(),
    }),
  ),
});

export const overviewOut = z.object({
  at: instantOut,
  sequence: z.int(),
  account: z.object({
    id: z.string(),
    name: z.string(),
    slug: z.string(),
    zone: z.string(),
    catalog: z.string(),
    currency: z.string(),
    closed: z.boolean(),
  }),
  brand: z.object({
    name: z.string(),
    logoUrl: z.string().nullable(),
    color: z.string(),
    textOnColor: z.string(),
  }),
  words: z.object({
    credit: noun,
    pack: noun,
    account: noun,
    topOff: z.string(),
    payAsYouGo: z.string(),
    buyCredits: z.string(),
    ledger: z.string(),
    topOffFailed: z.string(),
    outOfCredits: z.string(),
    supportEmail: z.string().nullable(),
    tax: z.enum(['included', 'excluded']).nullable(),
  }),
  links: z.object({
    billing: z.string(),
    topOffSettings: z.string(),
    paymentMethod: z.string(),
    support: z.string().nullable(),
    legal: z.string().nullable(),
  }),
  viewer: z.object({
    role: z.enum(ROLES).nullable().meta({ description: 'Null: a product’s key.' }),
    member: z.string().nullable(),
    confined: z.boolean(),
    may: z.record(z.string(), z.boolean()),
  }),
  balance: balancePart.nullable(),
  included: includedOut.nullable(),
  lots: lotsOut.nullable(),
  plan: planNowOut,
  plans: plansOut,
  packs: packsOut.nullable().meta({ description: 'Null where the product sells none.' }),
  overage: overageOut.nullable(),
  topOff: topOffOut.nullable(),
  cards: cardsOut,
  incidents: z.array(incidentOut),
  limits: limitsOut,
  runway: runwayOut,
  gate: gatePart,
});
export type Overview = z.input<typeof overviewOut>;
