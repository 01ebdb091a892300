import { describe, expect, test } from 'vitest';
import type { Incident, IncidentKind } from '../../src/domain/account.js';
import { bannerOf } from '../../src/domain/incident.js';
import { template } from '../support/catalogs.js';

const incident = (kind: IncidentKind): Incident => ({
  ...{ id: 'i-1' as never, kind, chargeId: 'c-1' as never, openedAt: 1 as never, resolvedAt: null },
});
const receptionist = (kind: IncidentKind) => bannerOf(incident(kind), template('receptionist'), 'acme inc');

describe('the banner of the receptionist', () => {
  test.each<[IncidentKind, string, string, string, string]>([
    [
      'no_payment_method',
      'No payment method set for automatic top-offs',
      'Auto top-off is enabled but no card is attached as the payment method for it.',
      'Click Set Up Auto Top-Off in the banner to attach a card.',
      'Set Up Auto Top-Off',
    ],
    [
      'card_declined',
      'Your card was declined',
      'The most recent charge attempt was rejected by the issuer.',
      'Click Update Payment Method in the banner to swap in a working card, then retry the charge from the billing page.',
      'Update Payment Method',
    ],
    [
      'internal_error',
      'An internal error occurred',
      'The charge attempt hit a transient system error.',
      'Retry the charge from the billing page; if it keeps failing, contact support.',
      'Retry Charge',
    ],
  ])('says of %s exactly what its page promises', (kind, title, meaning, toDo, label) => {
    const banner = receptionist(kind);
    expect([banner.title, banner.meaning, banner.toDo, banner.action.label]).toEqual([title, meaning, toDo, label]);
  });

  test('says what it will come to, and leads to the account’s own page', () => {
    const banner = receptionist('card_declined');
    expect(banner.consequence).toBe(template('receptionist').words.topOffFailed);
    expect(banner.action.url).toContain('acme%20inc');
  });

  test('of a payment to be approved leads to the page that asks for it, which changes nothing by being opened', () => {
    expect(receptionist('authentication_required').action).toMatchObject({ act: 'authenticate', url: '/pay/c-1' });
  });

  test('says nothing of automatic purchases where what was used waits for a card', () => {
    const banner = bannerOf(incident('no_payment_method'), template('atlios'), 'acme', true);
    expect(`${banner.title} ${banner.meaning} ${banner.toDo}`).not.toMatch(/auto/i);
    expect(banner.action).toMatchObject({ act: 'update_payment_method', label: 'Update Payment Method' });
    expect(bannerOf(incident('card_declined'), template('atlios'), 'acme', true).title).toBe('Your card was declined');
  });

  test('names what it is about, so that it can be dismissed', () => {
    expect(receptionist('card_declined')).toMatchObject({ incident: 'i-1', charge: 'c-1', openedAt: 1 });
  });
});

test.each(['storewriter', 'atlios'])('%s reads its own word for automatic purchases', (key) => {
  const catalog = template(key);
  expect(bannerOf(incident('no_payment_method'), catalog, 'a').action.label).toBe(`Set Up ${catalog.words.topOff}`);
});

test('every kind has words and an action in every product', () => {
  for (const key of ['receptionist', 'rheos', 'atlios', 'storewriter', 'toolbench']) {
    for (const kind of [
      ...['no_payment_method', 'card_declined', 'authentication_required'],
      ...['internal_error', 'spending_cap_reached', 'unusual_usage'],
    ] as IncidentKind[]) {
      const banner = bannerOf(incident(kind), template(key), 'a');
      for (const text of [banner.title, banner.meaning, banner.toDo, banner.action.label, banner.action.url])
        expect(text).toMatch(/\S/);
    }
  }
});
