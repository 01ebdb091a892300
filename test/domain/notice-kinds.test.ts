/** Every kind of mail in every product's words: what holds for all of them, and what each must and must never say. */
import { describe, expect, it } from 'vitest';
import { BUILT_IN } from '../../src/adapters/catalog/built-in.js';
import { chargeId } from '../../src/domain/ids.js';
import { authenticationLink, type NoticeFacts, type NoticeKind } from '../../src/domain/notice.js';
import { noticeWords } from '../../src/domain/notice-brand.js';
import { noticeTitle } from '../../src/domain/notice-text.js';
import { catalogOf, problemsOf, template } from '../support/catalogs.js';
import { CHARGE, flat, linksOf, REASONS, render, SAMPLES, seen, WORDS } from './support-notices.js';

const HOSTILE =
  '"><script>alert(1)</script>{balance}{constructor}<img src=x onerror=alert(2)>\r\nBcc: eve@evil.test\u202e\0';
const PRODUCTS = BUILT_IN.map((key) => [key, noticeWords(template(key), 'acme & sons')] as const);
const everyKind = [...new Set(SAMPLES.map(([{ kind }]) => kind))];
const anotherWay = (facts: NoticeFacts): string => JSON.stringify(facts).slice(0, 90);

describe.each(PRODUCTS)('in the words of %s', (_, words) => {
  it('every kind has a subject of one line, both bodies, and nothing left open in them', () => {
    for (const [facts] of SAMPLES) {
      const mail = render(facts, { words });
      expect(mail.subject, anotherWay(facts)).toMatch(/^\S.{0,118}\S$/u);
      for (const body of [mail.subject, mail.text, mail.html.replace(/<style>.*<\/style>/s, '')]) {
        expect(body, anotherWay(facts)).not.toMatch(/undefined|null|NaN|Invalid|\[object|[{}]/);
        expect(body, anotherWay(facts)).not.toMatch(
          /\b(card_declined|internal_error|top_off|authentication_required)\b/,
        );
      }
      expect(mail.text).not.toMatch(/^[^\n:]+: *$(?!\nhttps?:)/m);
      expect(mail.html).not.toMatch(/<(td|h1|p|a)\b[^>]*><\/\1>/);
    }
  });

  it('lets no hostile name into markup, a link, another slot or a second line', () => {
    const hostile = {
      ...words,
      product: HOSTILE,
      credit: { one: HOSTILE, many: HOSTILE },
      topOff: HOSTILE,
      payAsYouGo: HOSTILE,
    };
    const all = {
      ...hostile,
      buyCredits: HOSTILE,
      topOffFailed: HOSTILE,
      outOfCredits: HOSTILE,
      supportEmail: HOSTILE,
    };
    for (const [facts] of SAMPLES) {
      const plan = 'plan' in facts ? { plan: HOSTILE } : {};
      const mail = render({ ...facts, ...plan }, { words: { ...all, logo: HOSTILE }, accountName: HOSTILE });
      expect(mail.subject).not.toMatch(/[\p{Cc}\p{Cf}]/u);
      expect([...mail.subject].length).toBeLessThanOrEqual(120);
      expect(mail.html, anotherWay(facts)).not.toMatch(/<script|<img src=x|javascript:/i);
      expect(mail.text.replaceAll('\n', '')).not.toMatch(/\p{C}/u);
      expect(mail.text).toContain('{balance}{constructor}');
    }
  });
});

describe('every kind', () => {
  it('says the same figures in both bodies', () => {
    for (const [facts, figures] of SAMPLES) {
      const { text, html } = render(facts);
      for (const figure of figures) {
        expect(flat(text), anotherWay(facts)).toContain(figure);
        expect(seen(html), anotherWay(facts)).toContain(figure);
      }
    }
  });

  it('says every sentence, line and link of one body in the other', () => {
    for (const [facts] of SAMPLES) {
      const { text, html } = render(facts);
      const [body = ''] = text.split('\n-- \n');
      // Both in the same order, but for the colons that stand in for a table's columns and the addresses behind links.
      const bare = (said: string): string => flat(said.replace(/https?:\S+/g, '').replaceAll(':', '')).trim();
      for (const block of body.split('\n\n')) expect(bare(seen(html)), facts.kind).toContain(bare(block));
      for (const url of linksOf(html)) expect(text).toContain(url.replaceAll('&amp;', '&').replace('mailto:', ''));
    }
  });

  it('has one button at most, and no page to go to is no half a mail', () => {
    const links = { billing: null, topOffSettings: null, paymentMethod: null, support: null, legal: null };
    for (const [facts] of SAMPLES) {
      expect(render(facts).html.match(/class="button/g)?.length ?? 0).toBeLessThanOrEqual(1);
      const alone = render(facts, { publicUrl: null, words: { ...WORDS, links, supportEmail: null } });
      const receipt = 'receiptUrl' in facts ? facts.receiptUrl : null;
      expect(linksOf(alone.html).length, anotherWay(facts)).toBe(receipt === null ? 0 : 1);
      expect(alone.text).not.toMatch(/Click |below to/);
    }
  });

  it('fetches nothing and runs nothing', () => {
    for (const [facts] of SAMPLES) {
      expect(render(facts).html).not.toMatch(
        /<(img|script|link|iframe|object|form|svg)\b|url\(|@import|\bsrc=|\son\w+=/i,
      );
    }
  });

  it('is the same mail under the same Message-ID however often it is made, from facts that were stored as JSON', () => {
    for (const [facts] of SAMPLES) {
      const stored: NoticeFacts = JSON.parse(JSON.stringify(facts));
      expect(render(stored)).toEqual(render(facts));
      expect(render(facts).messageId).toBe('notice.0199c1de-0000-7000-8000-00000000000a@creditd.example.com');
    }
  });

  it('has a name where mails are listed, in the product’s own words', () => {
    const names = everyKind.map((kind) =>
      noticeTitle(kind, { ...WORDS, topOff: 'Auto-reload', credit: { one: 'call', many: 'calls' } }),
    );
    expect(new Set(names).size).toBe(everyKind.length);
    expect(names.join('\n')).not.toMatch(/[{}]|credit|top-off/i);
    expect(noticeTitle('top_off_failed', WORDS)).toBe('Auto Top-Off failed');
  });

  it('has a subject that says which mail it is', () => {
    const subjects = new Map<NoticeKind, string>();
    for (const [facts] of SAMPLES) if (!subjects.has(facts.kind)) subjects.set(facts.kind, render(facts).subject);
    expect(Object.fromEntries(subjects)).toMatchInlineSnapshot(`
      {
        "action_required": "Your approval is needed for a payment of $20.00 for Acme Dental",
        "balance_empty": "Acme Dental has no credits left",
        "balance_low": "Acme Dental is running low: 12.5 credits left",
        "cap_near": "Pay-as-you-go: $40.00 of $50.00 used by Acme Dental",
        "cap_reached": "Pay-as-you-go: the cap of $50.00 is reached for Acme Dental",
        "card_expiring": "A card of Acme Dental expires soon: Visa ending in 4242",
        "credits_expiring": "Acme Dental: 40 credits about to expire",
        "dispute_closed": "The dispute about $20.00 for Acme Dental is closed",
        "dispute_opened": "A payment for Acme Dental is disputed: $19.00",
        "included_used": "Acme Dental has used 75% of its included credits",
        "overage_charged": "Pay-as-you-go: $20.00 charged for Acme Dental",
        "overage_failed": "Pay-as-you-go: payment failed for Acme Dental – no payment method is set",
        "overage_written_off": "Pay-as-you-go: $0.31 will not be charged for Acme Dental",
        "past_due": "The Standard payment for Acme Dental failed",
        "purchase_failed": "Your purchase for Acme Dental failed: no payment method is set",
        "purchase_succeeded": "Your purchase for Acme Dental: 200 credits added",
        "refunded": "Refund for Acme Dental: $5.00",
        "spending_cap_reached": "Auto Top-Off stopped for Acme Dental: the daily cap is reached",
        "top_off_failed": "Auto Top-Off failed for Acme Dental: no payment method is set",
        "top_off_succeeded": "Auto Top-Off for Acme Dental: 200 credits added",
        "top_off_suspended": "Auto Top-Off stopped for Acme Dental: no payment method is set",
        "trial_ending": "The Standard trial of Acme Dental ends on Mar 22, 2026",
        "unusual_usage": "Unusual use on Acme Dental: Auto Top-Off is paused",
      }
    `);
  });
});

describe('what a mail says beside its figures', () => {
  const failed = (nextAttemptAt?: string | null) =>
    flat(
      render({
        kind: 'top_off_failed',
        ...CHARGE,
        reason: 'card_declined',
        ...(nextAttemptAt === undefined ? {} : { nextAttemptAt }),
      }).text,
    );

  it('says when a failed charge is tried again, that it is not, or nothing where a stored notice does not know', () => {
    expect(failed('2026-03-22T18:30:00.000Z')).toContain(
      'The charge is tried again automatically on Mar 22, 2026, 2:30 PM EDT.',
    );
    expect(failed(null)).toContain('This card is not tried again automatically.');
    expect(failed()).not.toMatch(/tried again/);
  });

  it('says that no money moved wherever that is known, and nowhere else', () => {
    for (const kind of ['top_off_failed', 'purchase_failed', 'overage_failed', 'top_off_suspended'] as const) {
      for (const reason of REASONS) {
        const said = flat(render({ kind, ...CHARGE, reason }).text);
        expect(said.includes('Nothing was charged.'), `${kind} ${reason}`).toBe(reason !== 'internal_error');
      }
    }
    const inDoubt = render({ kind: 'overage_failed', ...CHARGE, reason: 'internal_error' });
    expect(flat(inDoubt.text)).not.toContain('credits are added');
  });

  it('links a payment that the bank asks about to our own page, by the charge’s id', () => {
    const url = 'https://credits.example.com/base/pay/0199c1de-0000-7000-8000-000000000001';
    const mail = render({ kind: 'action_required', ...CHARGE, expiresAt: '2026-03-24T14:05:00Z' });
    expect(authenticationLink('https://credits.example.com/base/', CHARGE.charge)).toBe(url);
    expect(linksOf(mail.html)[0]).toBe(url);
    expect(mail.text).toContain(`Confirm Payment:\n${url}\n`);
    expect(authenticationLink('https://a.test', chargeId('../x?y#z'))).toBe('https://a.test/pay/..%2Fx%3Fy%23z');
  });

  it('says what a missing top-off means for the product’s users only where the payment is one', () => {
    const said = (chargeKind: 'top_off' | 'pack') =>
      flat(render({ kind: 'action_required', ...CHARGE, chargeKind, expiresAt: '2026-03-24T14:05:00Z' }).text);
    expect(said('top_off')).toContain(WORDS.topOffFailed);
    expect(said('pack')).not.toContain(WORDS.topOffFailed);
  });

  it('speaks of a balance that fell only where it did: a use that fell short has a top-off above the threshold too', () => {
    const said = (balance: string) =>
      flat(render({ kind: 'top_off_succeeded', ...CHARGE, balance, receiptUrl: null }).text);
    expect(said('249.999999')).toContain('fell below 50 credits');
    expect(said('250')).not.toContain('fell below');
  });

  it('says of a refund what was taken for it, and that nothing was where nothing was', () => {
    const said = (clawedCredits: string) =>
      flat(render({ kind: 'refunded', ...CHARGE, refundedMinor: '500', clawedCredits }).text);
    expect(said('50')).toContain('was taken from the balance: 50 credits.');
    for (const nothing of ['0', '0.000000'])
      expect(said(nothing)).toContain('The balance of Acme Dental stays as it is.');
  });

  it('sells only where the product sells: the button of a low balance', () => {
    const button = (buyCredits: string | null) =>
      /class="button[^>]*>([^<]*)</.exec(
        render({ kind: 'balance_low', balance: '1', threshold: '5' }, { words: { ...WORDS, buyCredits } }).html,
      )?.[1];
    expect([button('Buy a top-up'), button(null)]).toEqual(['Buy a top-up', 'Open Billing']);
  });

  it('says of prices what the catalog says about tax, and of other money nothing', () => {
    const mail = (tax: 'included' | 'excluded' | null, facts: NoticeFacts) =>
      flat(render(facts, { words: { ...WORDS, tax } }).text);
    const bought: NoticeFacts = { kind: 'purchase_succeeded', ...CHARGE, receiptUrl: null };
    expect(mail('included', bought)).toContain('Amount charged: $20.00 incl. tax');
    expect(mail('excluded', bought)).toContain('Amount charged: $20.00 plus tax');
    expect(mail(null, bought)).not.toMatch(/\btax\b/);
    expect(mail('included', { kind: 'refunded', ...CHARGE, refundedMinor: '1', clawedCredits: '0' })).not.toMatch(
      /\btax\b/,
    );
  });

  it('reads what the catalog says about tax, and refuses what it cannot say', () => {
    expect(noticeWords(catalogOf('meters: {}\nprices: { tax: excluded }'), 'x').tax).toBe('excluded');
    expect(noticeWords(catalogOf('meters: {}'), 'x').tax).toBeNull();
    expect(problemsOf('format: 1\nprices: { tax: 19 }').join('\n')).toContain(
      'prices.tax: must be included or excluded',
    );
  });

  it('shows the brand’s logo beside its name where the catalog names one that may be fetched', () => {
    const sample: NoticeFacts = { kind: 'balance_empty', balance: '0' };
    const html = (logo: string) => render(sample, { words: { ...WORDS, logo } }).html;
    expect(html('/logo.png')).toContain('<img src="https://credits.example.com/base/logo.png"');
    expect(html('https://cdn.example.com/a.png?x=1&y=2')).toContain('src="https://cdn.example.com/a.png?x=1&amp;y=2"');
    for (const bad of ['javascript:alert(1)', 'data:image/png;base64,AAAA']) expect(html(bad)).not.toContain('<img');
  });

  it('refuses to name a day that is none', () => {
    expect(() => render({ kind: 'past_due', plan: 'standard', graceEndsAt: 'soon' })).toThrow(
      /where an instant belongs/,
    );
  });
});
