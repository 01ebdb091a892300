/** The automatic purchase, told to its owners: that it was made, and what stops it. A failed one is told where failures are. */
import { minus, parseCredits } from './credits.js';
import type { SpendingCapReached, TopOffSucceeded, TopOffSuspended, UnusualUsage } from './notice.js';
import type { NoticeTeller, NoticeVoice } from './notice-content.js';
import { toDo, topOffFailureWords } from './notice-failure.js';
import { accountRow, chargeRows, dateRow, paidLinks, row } from './notice-rows.js';
import { ENGLISH } from './notice-words/english.js';

const { buttons, kinds, labels } = ENGLISH;

/** What it will mean for the product's users that nothing is bought automatically, where the product says so. */
const consequences = ({ words }: NoticeVoice): string[] => (words.topOffFailed === '' ? [] : [words.topOffFailed]);

/** A use that needed more than was there has a top-off opened above the threshold; nothing then "fell below" it. */
function fellBelow({ balance, credits, threshold }: TopOffSucceeded): boolean {
  const [after, added, wanted] = [parseCredits(balance), parseCredits(credits), parseCredits(threshold)];
  return after !== null && added !== null && wanted !== null && minus(after, added) < wanted;
}

export const tellTopOffSucceeded: NoticeTeller<TopOffSucceeded> = (facts, voice) => {
  const text = kinds.top_off_succeeded;
  const added = voice.credits(facts.credits);
  const charged = voice.price(facts.amountMinor, facts.currency);
  const balance = voice.credits(facts.balance);
  return {
    subject: voice.say(text.subject, { added }),
    preview: voice.say(text.preview, { charged, balance }),
    tone: 'good',
    heading: voice.say(text.heading, { added }),
    paragraphs: [
      fellBelow(facts)
        ? voice.say(text.body, { added, threshold: voice.credits(facts.threshold) })
        : voice.say(text.shortfall, { added }),
    ],
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

export const tellTopOffSuspended: NoticeTeller<TopOffSuspended> = (facts, voice) => {
  const text = kinds.top_off_suspended;
  const failure = topOffFailureWords(facts.reason, voice.words.topOff);
  const { sentence, button } = toDo(voice, failure, voice.page(failure.page));
  const balance = voice.credits(facts.balance);
  return {
    subject: voice.say(text.subject, { why: failure.subject }),
    preview: voice.say(text.preview, { balance }),
    tone: 'trouble',
    heading: voice.say(text.heading),
    paragraphs: [failure.meaning, voice.say(text.body), ...consequences(voice), sentence],
    rows: [accountRow(voice), row(voice, labels.balance, balance), ...chargeRows(facts, voice)],
    button,
    links: [],
  };
};

export const tellSpendingCapReached: NoticeTeller<SpendingCapReached> = (facts, voice) => {
  const text = kinds.spending_cap_reached;
  const cap = voice.money(facts.capMinor, facts.currency);
  const until = voice.at(facts.until);
  const window = text[facts.window];
  const purpose = voice.words.buyCredits === null ? text.purpose : text.purposeOrBuy;
  const wish = { action: buttons.cap, purpose: voice.say(purpose) };
  const { sentence, button } = toDo(voice, wish, voice.page('topOffSettings'));
  return {
    subject: voice.say(text.subject, { window }),
    preview: voice.say(text.preview, { until }),
    tone: 'trouble',
    heading: voice.say(text.heading, { window }),
    paragraphs: [voice.say(text.body, { window, cap, until }), ...consequences(voice), sentence],
    rows: [accountRow(voice), row(voice, labels.cap, cap), row(voice, labels.startsAnew, until)],
    button,
    links: [],
  };
};

export const tellUnusualUsage: NoticeTeller<UnusualUsage> = (facts, voice) => {
  const text = kinds.unusual_usage;
  const hour = voice.credits(facts.hourCredits);
  const usual = voice.credits(facts.usualCredits);
  const wish = { action: buttons.review, purpose: voice.say(text.purpose) };
  const { sentence, button } = toDo(voice, wish, voice.page('topOffSettings'));
  return {
    subject: voice.say(text.subject),
    preview: voice.say(text.preview, { hour, usual }),
    tone: 'trouble',
    heading: voice.say(text.heading),
    paragraphs: [voice.say(text.body, { hour, usual }), ...consequences(voice), sentence],
    rows: [accountRow(voice), row(voice, labels.lastHour, hour), row(voice, labels.usualHour, usual), dateRow(voice)],
    button,
    links: [],
  };
};
