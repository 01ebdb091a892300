/** Payments other than the automatic purchase, told to the owners who make them, and what becomes of a payment later. */
import type {
  ActionRequired,
  DisputeClosed,
  DisputeOpened,
  OverageCharged,
  OverageWrittenOff,
  PurchaseSucceeded,
  Refunded,
} from './notice.js';
import type { NoticeTeller } from './notice-content.js';
import { isNothing } from './notice-format.js';
import { accountRow, billingLinks, buttonTo, chargeRows, dateRow, paidLinks, row } from './notice-rows.js';
import { ENGLISH } from './notice-words/english.js';

const { buttons, kinds, labels } = ENGLISH;

export const tellPurchaseSucceeded: NoticeTeller<PurchaseSucceeded> = (facts, voice) => {
  const text = kinds.purchase_succeeded;
  const added = voice.credits(facts.credits);
  const charged = voice.price(facts.amountMinor, facts.currency);
  const balance = voice.credits(facts.balance);
  return {
    subject: voice.say(text.subject, { added }),
    preview: voice.say(text.preview, { charged, balance }),
    tone: 'good',
    heading: voice.say(text.heading, { added }),
    paragraphs: [voice.say(text.body)],
    rows: [
      row(voice, labels.charged, charged),
      row(voice, labels.added, added),
      row(voice, labels.newBalance, balance),
      ...chargeRows(facts, voice),
    ],
    button: null,
    links: paidLinks(facts.receiptUrl, voice),
  };
};

export const tellOverageCharged: NoticeTeller<OverageCharged> = (facts, voice) => {
  const text = kinds.overage_charged;
  const used = voice.credits(facts.credits);
  const charged = voice.price(facts.amountMinor, facts.currency);
  return {
    subject: voice.say(text.subject, { charged }),
    preview: voice.say(text.preview, { used }),
    tone: 'plain',
    heading: voice.say(text.heading, { charged: voice.money(facts.amountMinor, facts.currency) }),
    paragraphs: [voice.say(text.body, { used })],
    rows: [
      row(voice, labels.charged, charged),
      row(voice, labels.used, used),
      row(voice, labels.balance, voice.credits(facts.balance)),
      ...chargeRows(facts, voice),
    ],
    button: null,
    links: paidLinks(facts.receiptUrl, voice),
  };
};

export const tellOverageWrittenOff: NoticeTeller<OverageWrittenOff> = (facts, voice) => {
  const text = kinds.overage_written_off;
  const amount = voice.money(facts.amountMinor, facts.currency);
  return {
    subject: voice.say(text.subject, { amount }),
    preview: voice.say(text.preview),
    tone: 'plain',
    heading: voice.say(text.heading, { amount }),
    paragraphs: [voice.say(text.body, { amount })],
    rows: [accountRow(voice), row(voice, labels.amount, amount), dateRow(voice)],
    button: null,
    links: billingLinks(voice),
  };
};

export const tellActionRequired: NoticeTeller<ActionRequired> = (facts, voice) => {
  const text = kinds.action_required;
  const charged = voice.price(facts.amountMinor, facts.currency);
  const until = voice.at(facts.expiresAt);
  const url = voice.approval(facts.charge);
  const action = buttons.confirm;
  const consequence = facts.chargeKind === 'top_off' ? voice.words.topOffFailed : '';
  return {
    subject: voice.say(text.subject, { charged: voice.money(facts.amountMinor, facts.currency) }),
    preview: voice.say(text.preview, { until }),
    tone: 'trouble',
    heading: voice.say(text.heading),
    paragraphs: [
      voice.say(text.body),
      ...(consequence === '' ? [] : [consequence]),
      voice.say(url === null ? text.byHand : text.linked, { action, until }),
    ],
    rows: [
      accountRow(voice),
      row(voice, labels.amount, charged),
      ...(facts.chargeKind === 'overage'
        ? [row(voice, labels.used, voice.credits(facts.credits))]
        : [row(voice, labels.notYetAdded, voice.credits(facts.credits))]),
      row(voice, labels.approveBy, until),
      ...chargeRows(facts, voice),
    ],
    button: buttonTo(action, url),
    links: [],
  };
};

export const tellRefunded: NoticeTeller<Refunded> = (facts, voice) => {
  const text = kinds.refunded;
  const refunded = voice.money(facts.refundedMinor, facts.currency);
  const charged = voice.money(facts.amountMinor, facts.currency);
  const clawed = voice.credits(facts.clawedCredits);
  const kept = isNothing(facts.clawedCredits);
  return {
    subject: voice.say(text.subject, { refunded }),
    preview: voice.say(text.preview, { refunded, charged }),
    tone: 'plain',
    heading: voice.say(text.heading, { refunded }),
    paragraphs: [
      voice.say(text.body, { refunded, charged }),
      kept ? voice.say(text.kept) : voice.say(text.taken, { clawed }),
    ],
    rows: [
      row(voice, labels.refunded, refunded),
      row(voice, labels.originally, charged),
      ...(kept ? [] : [row(voice, labels.takenBack, clawed)]),
      row(voice, kept ? labels.balance : labels.newBalance, voice.credits(facts.balance)),
      ...chargeRows(facts, voice),
    ],
    button: null,
    links: billingLinks(voice),
  };
};

export const tellDisputeOpened: NoticeTeller<DisputeOpened> = (facts, voice) => {
  const text = kinds.dispute_opened;
  const disputed = voice.money(facts.disputedMinor, facts.currency);
  // An overage charge brought no credits: a dispute about it is a matter of money only.
  const body = [
    voice.say(text.body),
    ...(facts.chargeKind === 'overage' ? [] : [voice.say(text.credits)]),
    text.mistake,
  ];
  return {
    subject: voice.say(facts.isInquiry ? text.inquirySubject : text.subject, { disputed }),
    preview: voice.say(text.preview),
    tone: 'trouble',
    heading: voice.say(facts.isInquiry ? text.inquiryHeading : text.heading, { disputed }),
    paragraphs: facts.isInquiry ? [voice.say(text.inquiryBody), text.mistake] : body,
    rows: [
      row(voice, labels.disputed, disputed),
      row(voice, labels.payment, voice.money(facts.amountMinor, facts.currency)),
      row(voice, labels.balance, voice.credits(facts.balance)),
      ...chargeRows(facts, voice),
    ],
    button: buttonTo(buttons.billing, voice.page('billing')),
    links: [],
  };
};

export const tellDisputeClosed: NoticeTeller<DisputeClosed> = (facts, voice) => {
  const text = kinds.dispute_closed;
  const charged = voice.money(facts.amountMinor, facts.currency);
  return {
    subject: voice.say(text.subject, { charged }),
    preview: voice.say(text.preview),
    tone: facts.won ? 'good' : 'plain',
    heading: voice.say(text.heading),
    paragraphs: [voice.say(facts.won ? text.won : text.lost, { charged }), voice.say(text.after)],
    rows: [
      row(voice, labels.payment, charged),
      row(voice, labels.balance, voice.credits(facts.balance)),
      ...chargeRows(facts, voice),
    ],
    button: null,
    links: billingLinks(voice),
  };
};
