/**
 * Every word of every mail, in one folder: a translation is its files once more in another language, with the same slots.
 * A slot in braces is filled with text that is already written for people; it may stand anywhere and more than once.
 * Everywhere may stand {account}, {product}, {topOff}, {payAsYouGo}, {units} ("credits") and {Units} ("Credits").
 *
 * Amounts stand so that no verb depends on them ("200 credits added", never "were added"): one and many need no second
 * sentence, and a language with more than two forms none either.
 */
import { ACCOUNT } from './english-account.js';
import { CHARGES } from './english-charges.js';

export const ENGLISH = {
  /** Of the HTML, and of numbers, dates and money. */
  lang: 'en',
  locale: 'en-US',

  labels: {
    account: 'Account',
    charged: 'Amount charged',
    amount: 'Amount',
    added: '{Units} added',
    used: '{Units} used',
    newBalance: 'New balance',
    balance: 'Balance',
    notAdded: 'Not added',
    notYetAdded: 'Not yet added',
    card: 'Card',
    date: 'Date',
    nextAttempt: 'Next attempt',
    approveBy: 'Approve by',
    cap: 'Cap',
    usedMoney: 'Used',
    startsAnew: 'Starts anew',
    refunded: 'Refunded',
    originally: 'Originally charged',
    takenBack: '{Units} taken back',
    disputed: 'Disputed',
    payment: 'Payment',
    plan: 'Plan',
    expires: 'Expires',
    trialEnds: 'Trial ends',
    price: 'Price',
    payBy: 'Pay by',
    threshold: 'Alert below',
    included: 'Included',
    usedPart: 'Used',
    expiring: 'Expiring',
    lastHour: 'Last hour',
    usualHour: 'Usual hour',
  },
  buttons: {
    update: 'Update Payment Method',
    setUp: 'Set Up {topOff}',
    attach: 'Add Payment Method',
    retry: 'Retry',
    confirm: 'Confirm Payment',
    cap: 'Change the Cap',
    plan: 'Manage Plan',
    review: 'Review and Resume',
    billing: 'Open Billing',
  },
  links: { receipt: 'View receipt', billing: 'Billing', support: 'Support', legal: 'Legal' },
  /** "$20.00 incl. tax": what the catalog says of its prices. */
  tax: { included: '{amount} incl. tax', excluded: '{amount} plus tax' },
  /** "200 credits for $50.00". */
  wanted: '{credits} for {price}',
  card: '{brand} ending in {last4}',
  anyCard: 'Card',
  yourAccount: 'your account',
  questions: 'Questions?',
  questionsTo: 'Questions? Write to {address}.',
  footer: 'You get this mail as an owner or the billing contact of {account} on {product}.',
  doLinked: 'Click {action} below {purpose}',
  doByHand: 'Choose {action} on the billing page of {product} {purpose}',

  /** Why a charge failed. `purpose` ends "Click Update Payment Method below …". */
  reasons: {
    no_payment_method: {
      title: 'No payment method set for automatic top-offs',
      subject: 'no payment method is set',
      meaning: '{topOff} is enabled, but no card is attached as the payment method for it. Nothing was charged.',
      purpose: 'to attach a card.',
    },
    card_declined: {
      title: 'Your card was declined',
      subject: 'your card was declined',
      meaning: 'The most recent charge attempt was rejected by the card’s issuer. Nothing was charged.',
      purpose: 'to swap in a working card, then retry the charge from the billing page.',
    },
    authentication_required: {
      title: 'Your bank wants you to approve this payment',
      subject: 'your bank wants your approval',
      meaning:
        'The bank will not let this card be charged automatically without its holder’s approval. Nothing was charged.',
      purpose: 'to approve the card again or to use another one, then retry the charge from the billing page.',
    },
    // The charge may still turn out to have gone through: nothing here may say that no money moved.
    internal_error: {
      title: 'An internal error occurred',
      subject: 'an internal error occurred',
      meaning:
        'The charge attempt hit a transient system error; your card is not at fault. If the charge turns out to have gone through, its credits are added and you get a confirmation. Retrying never charges you twice for it.',
      purpose: 'to retry the charge; if it keeps failing, contact support.',
    },
  },
  /** Where the charge is no automatic one, or brings no credits. */
  otherReasons: {
    noCard: {
      title: 'No payment method set',
      meaning: 'No card is attached that could be charged. Nothing was charged.',
      purpose: 'to attach a card, then retry the charge from the billing page.',
    },
    approval:
      'The bank did not let this payment through without the approval of the card’s holder. Nothing was charged.',
    overageInDoubt:
      'The charge attempt hit a transient system error; your card is not at fault. If the charge turns out to have gone through, you get a confirmation. Retrying never charges you twice for it.',
  },
  again: {
    at: 'The charge is tried again automatically on {next}.',
    never: 'This card is not tried again automatically.',
  },

  /** A kind's `title` stands where mails are listed. */
  kinds: { ...CHARGES, ...ACCOUNT },
} as const;
