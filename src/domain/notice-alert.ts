/** What is left of what the account may use: told before it ends where possible. */
import type { BalanceEmpty, BalanceLow, CapNear, CapReached, CreditsExpiring, IncludedUsed } from './notice.js';
import type { NoticeLink, NoticeRow, NoticeTeller, NoticeVoice } from './notice-content.js';
import { formatPercent } from './notice-format.js';
import { accountRow, buttonTo, dateRow, row } from './notice-rows.js';
import { ENGLISH } from './notice-words/english.js';

const { buttons, kinds, labels } = ENGLISH;

/** Where more can be had: the product's own word for buying, or its billing page where nothing is for sale. */
const moreButton = (voice: NoticeVoice): NoticeLink | null =>
  buttonTo(voice.words.buyCredits ?? buttons.billing, voice.page('billing'));

export const tellBalanceLow: NoticeTeller<BalanceLow> = (facts, voice) => {
  const text = kinds.balance_low;
  const balance = voice.credits(facts.balance);
  const threshold = voice.credits(facts.threshold);
  return {
    subject: voice.say(text.subject, { balance }),
    preview: voice.say(text.preview, { threshold }),
    tone: 'plain',
    heading: voice.say(text.heading, { balance }),
    paragraphs: [voice.say(text.body, { threshold })],
    rows: [
      accountRow(voice),
      row(voice, labels.balance, balance),
      row(voice, labels.threshold, threshold),
      dateRow(voice),
    ],
    button: moreButton(voice),
    links: [],
  };
};

export const tellBalanceEmpty: NoticeTeller<BalanceEmpty> = (facts, voice) => {
  const text = kinds.balance_empty;
  const sentence = voice.words.outOfCredits;
  return {
    subject: voice.say(text.subject),
    preview: voice.say(text.preview),
    tone: 'trouble',
    heading: voice.say(text.heading),
    paragraphs: [voice.say(text.body), ...(sentence === '' ? [] : [voice.say(text.told, { sentence })])],
    rows: [accountRow(voice), row(voice, labels.balance, voice.credits(facts.balance)), dateRow(voice)],
    button: moreButton(voice),
    links: [],
  };
};

export const tellIncludedUsed: NoticeTeller<IncludedUsed> = (facts, voice) => {
  const text = kinds.included_used;
  const percent = formatPercent(facts.percent);
  const used = voice.credits(facts.used);
  const included = voice.credits(facts.included);
  return {
    subject: voice.say(text.subject, { percent }),
    preview: voice.say(text.preview, { used, included }),
    tone: facts.level === 'red' ? 'trouble' : 'plain',
    heading: voice.say(text.heading, { percent }),
    paragraphs: [voice.say(text.body, { used, included })],
    rows: [accountRow(voice), row(voice, labels.usedPart, used), row(voice, labels.included, included), dateRow(voice)],
    button: moreButton(voice),
    links: [],
  };
};

function capRows(facts: CapNear | CapReached, voice: NoticeVoice): NoticeRow[] {
  return [
    accountRow(voice),
    row(voice, labels.usedMoney, voice.money(facts.usedMinor, facts.currency)),
    row(voice, labels.cap, voice.money(facts.capMinor, facts.currency)),
    ...(facts.until === null ? [] : [row(voice, labels.startsAnew, voice.at(facts.until))]),
    dateRow(voice),
  ];
}

export const tellCapNear: NoticeTeller<CapNear> = (facts, voice) => {
  const text = kinds.cap_near;
  const figures = {
    used: voice.money(facts.usedMinor, facts.currency),
    cap: voice.money(facts.capMinor, facts.currency),
  };
  return {
    subject: voice.say(text.subject, figures),
    preview: voice.say(text.preview, figures),
    tone: 'plain',
    heading: voice.say(text.heading, figures),
    paragraphs: [voice.say(text.body)],
    rows: capRows(facts, voice),
    button: buttonTo(buttons.billing, voice.page('billing')),
    links: [],
  };
};

export const tellCapReached: NoticeTeller<CapReached> = (facts, voice) => {
  const text = kinds.cap_reached;
  const cap = voice.money(facts.capMinor, facts.currency);
  return {
    subject: voice.say(text.subject, { cap }),
    preview: voice.say(text.preview),
    tone: 'trouble',
    heading: voice.say(text.heading, { cap }),
    paragraphs: [
      voice.say(text.body),
      ...(facts.until === null ? [] : [voice.say(text.anew, { until: voice.at(facts.until) })]),
    ],
    rows: capRows(facts, voice),
    button: buttonTo(buttons.billing, voice.page('billing')),
    links: [],
  };
};

export const tellCreditsExpiring: NoticeTeller<CreditsExpiring> = (facts, voice) => {
  const text = kinds.credits_expiring;
  const expiring = voice.credits(facts.credits);
  const until = voice.at(facts.expiresAt);
  return {
    subject: voice.say(text.subject, { expiring }),
    preview: voice.say(text.preview, { until }),
    tone: 'plain',
    heading: voice.say(text.heading, { expiring }),
    paragraphs: [voice.say(text.body, { until })],
    rows: [accountRow(voice), row(voice, labels.expiring, expiring), row(voice, labels.expires, until)],
    button: buttonTo(buttons.billing, voice.page('billing')),
    links: [],
  };
};
