/** One paid top-off, and what its processor says became of the money since. */
import type { Charge } from '../../src/domain/charge.js';
import { minorUnits } from '../../src/domain/money.js';
import type { IntentView, OpenDispute } from '../../src/domain/payment.js';
import { makeAccount, type TestAccount, type TestAccountWish } from './support-account.js';
import { attach, configure, grant, use } from './support-commands.js';

/** An account whose top-off of 200 credits for 50.00 has been paid: 40 left of a promotion, and the 200. */
export function toppedOff(settings: Parameters<typeof configure>[0] = {}, wish: TestAccountWish = {}): TestAccount {
  const account = makeAccount(wish);
  account.post(grant('g', 100), attach('one'), configure(settings));
  account.post(use('a', 60));
  pay(account);
  return account;
}

export function chargeOf(account: TestAccount): Charge {
  const [charge] = account.rows.charges.values();
  if (charge === undefined) throw new Error('no charge was opened');
  return charge;
}

export interface Funds {
  readonly refunded?: number;
  readonly disputed?: number;
  readonly dispute?: OpenDispute;
}

/** What the processor says of the paid intent once so much of it has been refunded or disputed. */
export function pay(account: TestAccount, { refunded = 0, disputed = 0, dispute }: Funds = {}, version?: number) {
  const charge = chargeOf(account);
  const view: IntentView = {
    intentId: 'pi_1',
    status: 'succeeded',
    amountMinor: charge.amountMinor,
    currency: charge.currency,
    deployment: null,
    account: null,
    charge: charge.id,
    payment: {
      processorChargeId: 'ch_1',
      paidMinor: charge.amountMinor,
      refundedMinor: minorUnits(refunded),
      disputedMinor: minorUnits(disputed),
      dispute: dispute === undefined ? null : { kind: dispute, amountMinor: minorUnits(5000) },
      brand: 'visa',
      last4: '4242',
      fingerprint: 'fp_one',
      receiptUrl: null,
      receiptNumber: null,
    },
    lastDecline: null,
  };
  const agree = { kind: 'agree', charge: charge.id, version: version ?? charge.version } as const;
  return account.one({ ...agree, view, decline: null, looked: false });
}
