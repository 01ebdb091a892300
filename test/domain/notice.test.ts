/** What a mail to an owner says, in both of its bodies, and what no name or setting can make it say. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FailureReason, NoticeFacts, TopOffFailed, TopOffSucceeded } from '../../src/domain/notice.js';
import { CHARGE, flat, linksOf, render, seen, WORDS } from './support-notices.js';

const SUCCEEDED: TopOffSucceeded = {
  kind: 'top_off_succeeded',
  ...CHARGE,
  receiptUrl: 'https://pay.example.com/receipts/1?a=1&b=2',
};
const failed = (reason: FailureReason): TopOffFailed => ({ kind: 'top_off_failed', ...CHARGE, balance: '42', reason });

describe('the confirmation of a top-off', () => {
  it('names what was charged, what was added, the new balance, the card and the day in the account’s zone', () => {
    const mail = render(SUCCEEDED);
    expect(mail.subject).toBe('Auto Top-Off for Acme Dental: 200 credits added');
    for (const body of [flat(mail.text), seen(mail.html)]) {
      for (const fact of ['$20.00', '200 credits', '249 credits', 'Visa ending in 4242', 'below 50 credits']) {
        expect(body).toContain(fact);
      }
      expect(body).toContain('Mar 21, 2026, 10:05 AM EDT');
    }
  });

  it('links the receipt, escaped in HTML and as it is in text', () => {
    const { html, text } = render(SUCCEEDED);
    expect(linksOf(html)).toContain('https://pay.example.com/receipts/1?a=1&amp;b=2');
    expect(text).toContain('\nhttps://pay.example.com/receipts/1?a=1&b=2\n');
  });

  it('has no receipt link where there is no receipt, or where its URL is not one a mail may open', () => {
    for (const receiptUrl of [
      null,
      'javascript:alert(1)',
      'data:text/html,x',
      'https://user:pw@evil.test/',
      'nonsense',
    ]) {
      const { html, text } = render({ ...SUCCEEDED, receiptUrl });
      expect(html).not.toContain('View receipt');
      expect(text).not.toContain('View receipt');
    }
  });

  it('writes amounts exactly: one credit, fractions, thousands, debt, and currencies without cents', () => {
    const body = (facts: Partial<TopOffSucceeded>) => flat(render({ ...SUCCEEDED, ...facts }).text);
    expect(body({ balance: '1' })).toContain('New balance: 1 credit Card');
    expect(body({ balance: '-1' })).toContain('New balance: -1 credit Card');
    expect(body({ balance: '12345678901234.123456' })).toContain('12,345,678,901,234.123456 credits');
    expect(body({ amountMinor: '123456', currency: 'jpy' })).toContain('¥123,456');
  });

  it('speaks the product’s own words', () => {
    const words = { ...WORDS, credit: { one: 'call', many: 'calls' }, topOff: 'Auto-reload' };
    const mail = render(SUCCEEDED, { words });
    expect(mail.subject).toBe('Auto-reload for Acme Dental: 200 calls added');
    expect(`${mail.text}${seen(mail.html)}`).not.toMatch(/credits added|top-off/i);
  });
});

describe('the mail about a failed top-off', () => {
  it.each([
    ['no_payment_method', 'No payment method set for automatic top-offs', 'Set Up Auto Top-Off', '#top-off'],
    ['card_declined', 'Your card was declined', 'Update Payment Method', '#card'],
    ['authentication_required', 'Your bank wants you to approve this payment', 'Update Payment Method', '#card'],
    ['internal_error', 'An internal error occurred', 'Retry', ''],
  ] as const)('%s says so in the owner’s words and offers one thing to do', (reason, title, button, fragment) => {
    const mail = render(failed(reason));
    const url = `https://credits.example.com/base/billing/acme${fragment}`;
    expect(mail.text.startsWith(`${title}\n`)).toBe(true);
    expect(mail.text).toContain(`${button}:\n${url}\n`);
    expect(seen(mail.html)).toContain(`${title} `);
    expect(linksOf(mail.html)).toEqual([url, 'mailto:support@example.com']);
    expect(mail.html).toContain(`>${button}</a>`);
    for (const body of [flat(mail.text), seen(mail.html)]) {
      expect(body).toContain('Future calls may be dropped until the issue is resolved.');
      expect(body).toContain('42 credits');
      expect(body).not.toContain(reason);
    }
  });

  it('never says that no money moved where that is not known', () => {
    expect(flat(render(failed('card_declined')).text)).toContain('Nothing was charged.');
    expect(flat(render(failed('internal_error')).text)).not.toMatch(/nothing was charged/i);
  });

  it('says where to go by hand when no page can be linked to', () => {
    for (const more of [
      { publicUrl: null },
      { words: { ...WORDS, links: { ...WORDS.links, billing: null, topOffSettings: null, paymentMethod: null } } },
    ]) {
      const mail = render(failed('card_declined'), more);
      expect(flat(mail.text)).toContain(
        'Choose Update Payment Method on the billing page of AI Receptionist to swap in a working card',
      );
      expect(linksOf(mail.html)).toEqual(['mailto:support@example.com']);
    }
  });

  it('links a product’s own billing page whole, whatever the public URL is', () => {
    const billing = 'https://app.example.com/#/acme/billing';
    const words = { ...WORDS, links: { ...WORDS.links, billing } };
    expect(linksOf(render(failed('internal_error'), { words, publicUrl: null }).html)[0]).toBe(billing);
  });
});

describe('every mail', () => {
  const kinds: NoticeFacts[] = [
    SUCCEEDED,
    ...(['card_declined', 'internal_error', 'no_payment_method'] as const).map(failed),
  ];
  const hostile = '"><script>alert(1)</script><img src=x onerror=alert(2)>\r\nBcc: eve@evil.test\u2028\u202e\0';

  it('has a Message-ID made of the notice alone, so that a second try is the same mail', () => {
    const first = render(SUCCEEDED);
    expect(first.messageId).toBe('notice.0199c1de-0000-7000-8000-00000000000a@creditd.example.com');
    expect(render(SUCCEEDED)).toEqual(first);
  });

  it('fetches nothing and runs nothing', () => {
    for (const facts of kinds) {
      expect(render(facts).html).not.toMatch(
        /<(img|script|link|iframe|object|form|svg)\b|url\(|@import|\bsrc=|\son\w+=/i,
      );
    }
  });

  it('follows the reader’s dark mode and narrow screens', () => {
    const { html } = render(SUCCEEDED);
    expect(html).toContain('<meta name="color-scheme" content="light dark">');
    expect(html).toContain('@media (prefers-color-scheme:dark)');
    expect(html).toContain('@media (max-width:480px)');
  });

  it('shows hostile names as text, in one line, and lets none into markup or the subject', () => {
    const words = {
      ...WORDS,
      product: hostile,
      color: 'red;background:url(x)',
      topOffFailed: hostile,
      supportEmail: hostile,
    };
    for (const facts of kinds) {
      const mail = render(facts, { accountName: hostile, words });
      expect(mail.subject).not.toMatch(/[\p{Cc}\p{Cf}\u2028\u2029]/u);
      expect(mail.html).not.toMatch(/<script|<img|url\(/i);
      expect(mail.html).toContain('&lt;script&gt;');
      expect(mail.html).not.toContain('mailto:');
      expect(mail.text.replaceAll('\n', '')).not.toMatch(/[\p{C}\u2028\u2029]/u);
      expect(mail.text.split('\n-- \n')[1]?.startsWith('"><script>alert(1)</script><img')).toBe(true);
    }
  });

  it('has a subject of one bounded line and one account name of any length, whatever the account is called', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (accountName) => {
        const { subject, html } = render(failed('card_declined'), { accountName });
        expect(subject).not.toMatch(/(?![\u200c\u200d])[\p{C}\u2028\u2029]/u);
        expect([...subject].length).toBeLessThanOrEqual(120);
        const body = html.replace(/<head>.*<\/head>/s, '');
        expect(body.match(/<h1|<p |<a /g)?.length).toBe(6);
      }),
    );
  });

  it('keeps the joiners that names and emoji are spelled with', () => {
    const accountName = 'می\u200cخواهم 👩\u200d💻';
    expect(render(SUCCEEDED, { accountName }).subject).toContain(accountName);
  });

  it('goes out in UTC where the account’s zone is unknown to this machine', () => {
    expect(render(SUCCEEDED, { zone: 'Mars/Olympus' }).text).toContain('2:05 PM UTC');
  });

  it('names no code of the processor and no more of a card than its brand and last four', () => {
    const odd = render({ ...SUCCEEDED, card: { brand: 'new_brand<b>', last4: '4242' } });
    expect(odd.text).toContain('Card ending in 4242');
    expect(render({ ...SUCCEEDED, card: null }).text).not.toContain('ending in');
  });
});
