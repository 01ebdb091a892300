import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { EventRefusedError, verifyEvent } from '../../src/client.js';

const SECRET = `whsec_${Buffer.from('a secret of thirty-two characters').toString('base64')}`;
const OTHER = `whsec_${Buffer.from('another secret that is long enough').toString('base64')}`;
const EVENT = {
  ...{ id: '019aa000-0000-7000-8000-000000000001', type: 'balance.low', timestamp: '2026-11-20T14:00:00.000Z' },
  ...{ account: 'harbor', sequence: 7, data: { balance: '19', threshold: '20' } },
};
const BODY = JSON.stringify(EVENT);

const headersFor = (body: string, secret = SECRET, at = new Date()) => ({
  'webhook-id': EVENT.id,
  'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
  'webhook-signature': new Webhook(secret).sign(EVENT.id, at, body),
});
const minutesFromNow = (minutes: number) => new Date(Date.now() + minutes * 60_000);

describe('an event that creditd signed', () => {
  it('is given back, from text or bytes, from an object of headers in any case or from Headers', () => {
    expect(verifyEvent(BODY, headersFor(BODY), SECRET)).toEqual(EVENT);
    expect(verifyEvent(Buffer.from(BODY), headersFor(BODY), SECRET)).toEqual(EVENT);
    expect(verifyEvent(new TextEncoder().encode(BODY), new Headers(headersFor(BODY)), SECRET)).toEqual(EVENT);
    const shouted = Object.fromEntries(
      Object.entries(headersFor(BODY)).map(([name, value]) => [name.toUpperCase(), value]),
    );
    expect(verifyEvent(BODY, shouted, SECRET)).toEqual(EVENT);
  });

  it('is believed under either secret while one is exchanged', () => {
    expect(verifyEvent(BODY, headersFor(BODY, OTHER), [SECRET, OTHER])).toEqual(EVENT);
    const both = `${headersFor(BODY, OTHER)['webhook-signature']} ${headersFor(BODY)['webhook-signature']}`;
    expect(verifyEvent(BODY, { ...headersFor(BODY), 'webhook-signature': both }, SECRET)).toEqual(EVENT);
  });
});

describe('what is not an event of creditd’s is refused', () => {
  it.each([
    ['a changed body', BODY.replace('19', '91'), headersFor(BODY), SECRET, /No matching signature/],
    ['another secret', BODY, headersFor(BODY, OTHER), SECRET, /No matching signature/],
    ['another id', BODY, { ...headersFor(BODY), 'webhook-id': 'x' }, SECRET, /No matching signature/],
    ['no signature', BODY, {}, SECRET, /Missing required headers/],
    ['an old one', BODY, headersFor(BODY, SECRET, minutesFromNow(-6)), SECRET, /too old/],
    ['one of the future', BODY, headersFor(BODY, SECRET, minutesFromNow(6)), SECRET, /too new/],
    ['a parsed body', EVENT as never, headersFor(BODY), SECRET, /before anything has parsed it/],
    ['no secret', BODY, headersFor(BODY), [], /Give the secret/],
    ['a secret that is none', BODY, headersFor(BODY), 'püré', /begins with "whsec_"/],
    ['something else, signed', '[]', headersFor('[]'), SECRET, /is not an event/],
    ['nothing, signed', '', headersFor(''), SECRET, /is not an event/],
  ])('%s', (_what, body, headers, secret, sentence) => {
    const refused = () => verifyEvent(body, headers, secret);
    expect(refused).toThrow(EventRefusedError);
    expect(refused).toThrow(sentence);
  });
});
