/**
 * What an owner's banner says of an open incident: why, what it means, what to do and the one button for it. Words are the
 * product's own; the processor's codes never reach anybody.
 */
import type { Incident, IncidentKind } from './account.js';
import { type Catalog, linkTo, type Words } from './catalog.js';
import type { ChargeId, IncidentId } from './ids.js';
import type { Instant } from './instant.js';
import { authenticationLink } from './notice.js';

/** What the button does: most are a page to go to, the others a command that the page sends. */
export type BannerAct = 'set_up_top_off' | 'update_payment_method' | 'retry' | 'authenticate' | 'change_cap' | 'resume';

export interface BannerAction {
  readonly act: BannerAct;
  readonly label: string;
  /** A whole address, or a path under this system's public one. */
  readonly url: string;
}

export interface Banner {
  readonly incident: IncidentId;
  readonly kind: IncidentKind;
  readonly charge: ChargeId | null;
  readonly openedAt: Instant;
  /** Why. */
  readonly title: string;
  readonly meaning: string;
  /** What it will come to for the product's users until it is mended; empty where the product does not say. */
  readonly consequence: string;
  readonly toDo: string;
  readonly action: BannerAction;
  /** Where to ask for help, where retrying may not be enough. */
  readonly support: { readonly label: string; readonly url: string } | null;
}

interface BannerWords {
  readonly title: string;
  readonly meaning: string;
  readonly toDo: string;
  readonly act: BannerAct;
  readonly label: string;
  readonly page: 'billing' | 'topOffSettings' | 'paymentMethod';
}

/** "Auto Top-Off" → "automatic top-offs", and in the middle of a sentence "auto top-off". */
function inWords(name: string): { readonly automatic: string; readonly lower: string } {
  const bare = /^auto(?:matic)?[- ](.+)$/i.exec(name)?.[1];
  return { automatic: bare === undefined ? name : `automatic ${bare.toLowerCase()}s`, lower: name.toLowerCase() };
}

const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

function wordsOf(kind: IncidentKind, { topOff }: Words): BannerWords {
  const { automatic, lower } = inWords(topOff);
  const update = { act: 'update_payment_method', label: 'Update Payment Method', page: 'paymentMethod' } as const;
  const table: Readonly<Record<IncidentKind, BannerWords>> = {
    no_payment_method: {
      title: `No payment method set for ${automatic}`,
      meaning: `${capitalised(lower)} is enabled but no card is attached as the payment method for it.`,
      toDo: `Click Set Up ${topOff} in the banner to attach a card.`,
      ...{ act: 'set_up_top_off', label: `Set Up ${topOff}`, page: 'topOffSettings' },
    },
    card_declined: {
      title: 'Your card was declined',
      meaning: 'The most recent charge attempt was rejected by the issuer.',
      toDo: 'Click Update Payment Method in the banner to swap in a working card, then retry the charge from the billing page.',
      ...update,
    },
    authentication_required: {
      title: 'Your bank wants you to approve this payment',
      meaning: 'The card cannot be charged without its owner until the payment has been approved at the bank.',
      toDo: 'Click Approve Payment in the banner, or use another card and retry the charge from the billing page.',
      ...{ act: 'authenticate', label: 'Approve Payment', page: 'billing' },
    },
    internal_error: {
      title: 'An internal error occurred',
      meaning: 'The charge attempt hit a transient system error.',
      toDo: 'Retry the charge from the billing page; if it keeps failing, contact support.',
      ...{ act: 'retry', label: 'Retry Charge', page: 'billing' },
    },
    spending_cap_reached: {
      title: 'Your spending cap is reached',
      meaning: `The cap that you set on ${automatic} leaves no room for another charge.`,
      toDo: 'Raise the cap, or wait until it starts anew.',
      ...{ act: 'change_cap', label: 'Change Spending Cap', page: 'topOffSettings' },
    },
    unusual_usage: {
      title: `Unusual usage has paused ${automatic}`,
      meaning: 'Much more was used within an hour than is usual for this account.',
      toDo: `Look at the usage, then click Resume ${topOff} in the banner if it is as it should be.`,
      ...{ act: 'resume', label: `Resume ${topOff}`, page: 'billing' },
    },
  };
  return table[kind];
}

/** Nothing automatic is meant where use that has happened waits for a card. */
const cardOwed = ({ payAsYouGo }: Words): BannerWords => ({
  title: `No payment method for ${payAsYouGo.charAt(0).toLowerCase()}${payAsYouGo.slice(1)}`,
  meaning: 'What was used beyond the balance could not be charged: no card is attached.',
  toDo: 'Click Update Payment Method in the banner to attach a card; the charge is then made.',
  ...{ act: 'update_payment_method', label: 'Update Payment Method', page: 'paymentMethod' },
});

/** `owesOverage`: a charge for use beyond the balance has failed for want of a card. */
export function bannerOf(
  incident: Incident,
  { words }: Pick<Catalog, 'words'>,
  slug: string,
  owesOverage = false,
): Banner {
  const { kind, chargeId, id, openedAt } = incident;
  const isOwed = kind === 'no_payment_method' && owesOverage;
  const { title, meaning, toDo, act, label, page } = isOwed ? cardOwed(words) : wordsOf(kind, words);
  const approves = act === 'authenticate' && chargeId !== null;
  const url = approves ? authenticationLink('', chargeId) : linkTo(words.links[page], slug);
  const support = words.links.support;
  return {
    ...{ incident: id, kind, charge: chargeId, openedAt, title, meaning, toDo },
    consequence: words.topOffFailed,
    action: { act, label, url },
    support:
      kind === 'internal_error' && support !== null ? { label: 'Contact Support', url: linkTo(support, slug) } : null,
  };
}
