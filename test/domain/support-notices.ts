/** Facts of every kind of notice, words to tell them in, and how a mail is read. */
import { chargeId } from '../../src/domain/ids.js';
import { instant } from '../../src/domain/instant.js';
import type { FailureReason, NoticeFacts } from '../../src/domain/notice.js';
import type { NoticeInput, NoticeWords } from '../../src/domain/notice-content.js';
import { renderNotice } from '../../src/domain/notice-text.js';

export const WORDS: NoticeWords = {
  product: 'AI Receptionist',
  credit: { one: 'credit', many: 'credits' },
  topOff: 'Auto Top-Off',
  payAsYouGo: 'Pay-as-you-go',
  buyCredits: 'Buy Credits',
  topOffFailed: 'Future calls may be dropped until the issue is resolved.',
  outOfCredits: 'This call cannot be answered.',
  plans: { standard: 'Standard' },
  tax: null,
  links: {
    billing: '/billing/acme',
    topOffSettings: '/billing/acme#top-off',
    paymentMethod: '/billing/acme#card',
    support: null,
    legal: null,
  },
  supportEmail: 'support@example.com',
  logo: null,
  color: '#5b4bdb',
  textOnColor: '#ffffff',
};

export const CHARGE = {
  charge: chargeId('0199c1de-0000-7000-8000-000000000001'),
  credits: '200',
  amountMinor: '2000',
  currency: 'usd',
  card: { brand: 'visa', last4: '4242' },
  balance: '249',
  threshold: '50',
};

export const REASONS: readonly FailureReason[] = [
  'no_payment_method',
  'card_declined',
  'authentication_required',
  'internal_error',
];
const RECEIPT = 'https://pay.example.com/receipts/1?a=1&b=2';
const LATER = '2026-03-22T18:30:00.000Z';
const USD = { currency: 'usd' };

/** Every kind, and of the kinds that speak differently each way they do; with the figures that both bodies must name. */
export const SAMPLES: readonly (readonly [facts: NoticeFacts, figures: readonly string[]])[] = [
  [{ kind: 'top_off_succeeded', ...CHARGE, receiptUrl: RECEIPT }, ['$20.00', '200 credits', '249 credits', '4242']],
  ...REASONS.flatMap((reason) => [
    [
      { kind: 'top_off_failed', ...CHARGE, reason, nextAttemptAt: null },
      ['$20.00', '200 credits', '249 credits'],
    ] as const,
    [{ kind: 'top_off_failed', ...CHARGE, reason, nextAttemptAt: LATER }, ['Mar 22, 2026, 2:30 PM EDT']] as const,
    [{ kind: 'top_off_suspended', ...CHARGE, reason }, ['249 credits', 'Visa ending in 4242']] as const,
    [{ kind: 'purchase_failed', ...CHARGE, chargeKind: 'pack', reason }, ['$20.00', '200 credits']] as const,
    [
      { kind: 'overage_failed', ...CHARGE, chargeKind: 'overage', reason, nextAttemptAt: LATER },
      ['$20.00', '2:30 PM EDT'],
    ] as const,
  ]),
  [
    { kind: 'purchase_succeeded', ...CHARGE, chargeKind: 'pack', receiptUrl: null },
    ['$20.00', '200 credits', '249 credits'],
  ],
  [
    { kind: 'overage_charged', ...CHARGE, chargeKind: 'overage', receiptUrl: RECEIPT },
    ['$20.00', '200 credits', '4242'],
  ],
  [{ kind: 'overage_written_off', amountMinor: '31', ...USD }, ['$0.31']],
  [{ kind: 'action_required', ...CHARGE, chargeKind: 'top_off', expiresAt: LATER }, ['$20.00', '2:30 PM EDT']],
  [
    { kind: 'spending_cap_reached', capMinor: '5000', ...USD, window: 'day', until: LATER },
    ['$50.00', 'daily', '2:30 PM EDT'],
  ],
  [{ kind: 'spending_cap_reached', capMinor: '5000', ...USD, window: 'month', until: LATER }, ['$50.00', 'monthly']],
  [
    { kind: 'refunded', ...CHARGE, refundedMinor: '500', clawedCredits: '50' },
    ['$5.00', '$20.00', '50 credits', '249 credits'],
  ],
  [
    { kind: 'refunded', ...CHARGE, chargeKind: 'overage', refundedMinor: '500', clawedCredits: '0' },
    ['$5.00', '$20.00'],
  ],
  [{ kind: 'dispute_opened', ...CHARGE, disputedMinor: '1900', isInquiry: false }, ['$19.00', '$20.00']],
  [{ kind: 'dispute_opened', ...CHARGE, disputedMinor: '1900', isInquiry: true }, ['$19.00', 'No money has moved']],
  [{ kind: 'dispute_closed', ...CHARGE, won: true }, ['$20.00', '249 credits']],
  [{ kind: 'dispute_closed', ...CHARGE, won: false }, ['$20.00', '249 credits']],
  [
    { kind: 'card_expiring', card: CHARGE.card, expiryMonth: 4, expiryYear: 2026 },
    ['Visa ending in 4242', 'April 2026'],
  ],
  [{ kind: 'trial_ending', plan: 'standard', endsAt: LATER, amountMinor: '4900', ...USD }, ['$49.00', '2:30 PM EDT']],
  [
    { kind: 'trial_ending', plan: 'gone_by_now', endsAt: LATER, amountMinor: null, ...USD },
    ['gone_by_now', '2:30 PM EDT'],
  ],
  [{ kind: 'past_due', plan: 'standard', graceEndsAt: LATER }, ['2:30 PM EDT']],
  [{ kind: 'balance_low', balance: '12.5', threshold: '20' }, ['12.5 credits', '20 credits']],
  [{ kind: 'balance_empty', balance: '-3' }, ['-3 credits']],
  [
    { kind: 'included_used', percent: 75, used: '75', included: '100', level: 'amber' },
    ['75%', '75 credits', '100 credits'],
  ],
  [
    { kind: 'included_used', percent: 90, used: '90', included: '100', level: 'red' },
    ['90%', '90 credits', '100 credits'],
  ],
  [
    { kind: 'cap_near', usedMinor: '4000', capMinor: '5000', ...USD, until: LATER },
    ['$40.00', '$50.00', '2:30 PM EDT'],
  ],
  [{ kind: 'cap_reached', usedMinor: '5000', capMinor: '5000', ...USD, until: LATER }, ['$50.00', '2:30 PM EDT']],
  [{ kind: 'cap_reached', usedMinor: '5000', capMinor: '5000', ...USD, until: null }, ['$50.00']],
  [{ kind: 'credits_expiring', credits: '40', expiresAt: LATER }, ['40 credits', '2:30 PM EDT']],
  [{ kind: 'unusual_usage', hourCredits: '900', usualCredits: '12' }, ['900 credits', '12 credits']],
];

export function render(facts: NoticeFacts, more: Partial<NoticeInput<NoticeFacts>> = {}) {
  return renderNotice({
    facts,
    accountName: 'Acme Dental',
    words: WORDS,
    zone: 'America/New_York',
    publicUrl: 'https://credits.example.com/base/',
    messageIdDomain: 'creditd.example.com',
    noticeId: '0199c1de-0000-7000-8000-00000000000a',
    createdAt: instant(Date.parse('2026-03-21T14:05:00Z')),
    ...more,
  });
}

/** What a person sees of the HTML. */
export const seen = (html: string): string =>
  html
    .replace(/<head>.*<\/head>/s, '')
    .replace(/<[^>]*>/g, ' ')
    .replaceAll('&amp;', '&')
    .replaceAll('&#39;', "'")
    .replace(/\s+/g, ' ');
export const flat = (text: string): string => text.replace(/\s+/g, ' ');
export const linksOf = (html: string): string[] => [...html.matchAll(/href="([^"]*)"/g)].map(([, url = '']) => url);
