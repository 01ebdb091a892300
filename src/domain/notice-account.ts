/** The account itself: its card, its trial, its plan. */
import type { CardExpiring, PastDue, TrialEnding } from './notice.js';
import type { NoticeTeller } from './notice-content.js';
import { toDo } from './notice-failure.js';
import { formatMonth } from './notice-format.js';
import { accountRow, buttonTo, cardRows, dateRow, row } from './notice-rows.js';
import { ENGLISH } from './notice-words/english.js';

const { buttons, kinds, labels } = ENGLISH;

export const tellCardExpiring: NoticeTeller<CardExpiring> = (facts, voice) => {
  const text = kinds.card_expiring;
  const card = voice.card(facts.card);
  const month = formatMonth(facts.expiryYear, facts.expiryMonth);
  const wish = { action: buttons.update, purpose: voice.say(text.purpose) };
  const { sentence, button } = toDo(voice, wish, voice.page('paymentMethod'));
  return {
    subject: voice.say(text.subject, { card }),
    preview: voice.say(text.preview, { month }),
    tone: 'trouble',
    heading: voice.say(text.heading),
    paragraphs: [voice.say(text.body, { card, month }), sentence],
    rows: [accountRow(voice), ...cardRows(facts.card, voice), row(voice, labels.expires, month)],
    button,
    links: [],
  };
};

export const tellTrialEnding: NoticeTeller<TrialEnding> = (facts, voice) => {
  const text = kinds.trial_ending;
  const plan = voice.plan(facts.plan);
  const until = voice.at(facts.endsAt);
  const price = facts.amountMinor === null ? null : voice.price(facts.amountMinor, facts.currency);
  return {
    subject: voice.say(text.subject, { plan, day: voice.day(facts.endsAt) }),
    preview: price === null ? voice.say(text.previewUnpriced) : voice.say(text.preview, { price }),
    tone: 'plain',
    heading: voice.say(text.heading, { plan }),
    paragraphs: [
      price === null ? voice.say(text.bodyUnpriced, { until, plan }) : voice.say(text.body, { until, plan, price }),
      voice.say(text.cancel),
    ],
    rows: [
      accountRow(voice),
      row(voice, labels.plan, plan),
      row(voice, labels.trialEnds, until),
      ...(price === null ? [] : [row(voice, labels.price, price)]),
    ],
    button: buttonTo(buttons.plan, voice.page('billing')),
    links: [],
  };
};

export const tellPastDue: NoticeTeller<PastDue> = (facts, voice) => {
  const text = kinds.past_due;
  const plan = voice.plan(facts.plan);
  const until = voice.at(facts.graceEndsAt);
  const wish = { action: buttons.update, purpose: voice.say(text.purpose) };
  const { sentence, button } = toDo(voice, wish, voice.page('paymentMethod'));
  return {
    subject: voice.say(text.subject, { plan }),
    preview: voice.say(text.preview, { until }),
    tone: 'trouble',
    heading: voice.say(text.heading),
    paragraphs: [voice.say(text.body, { plan, until }), sentence],
    rows: [accountRow(voice), row(voice, labels.plan, plan), row(voice, labels.payBy, until), dateRow(voice)],
    button,
    links: [],
  };
};
