import { expect, test } from 'vitest';
import { decide } from '../../src/domain/decide.js';
import { loadCold, loadHot } from '../../src/simulate/rows.js';
import { CATALOG } from './support-commands.js';
import { agreeWith, claim, opened } from './support-scene.js';

/** The next attempt's parameters, were the catalog to say this of the processor's receipts. */
function paramsOf(stripeReceipts: boolean, billingEmail: string | null): unknown {
  const scene = opened();
  claim(scene);
  agreeWith(scene, { status: 'requires_payment_method' });
  const { account, charge } = scene;
  const asked = [{ kind: 'claim_charge', account: account.rows.account, charge }] as const;
  const state = loadCold(account.rows, loadHot(account.rows, asked), asked, account.at());
  if (state.cold === null) throw new Error('no cold rows');
  const catalog = { ...CATALOG, policies: { ...CATALOG.policies, stripeReceipts } };
  const context = { catalog, deployment: 'test', newId: () => 'unused' };
  const decision = decide({ ...state, cold: { ...state.cold, billingEmail } }, asked, account.at(), context);
  const [outcome] = decision.kind === 'decided' ? decision.outcomes : [];
  return outcome?.kind === 'charge_task' && outcome.task.do === 'confirm' ? outcome.task.request.params : outcome;
}

test('the processor’s own receipt is a setting, and off: our confirmation is the one mail', () => {
  expect(CATALOG.policies.stripeReceipts).toBe(false);
  expect(paramsOf(false, 'billing@acme.example')).not.toHaveProperty('receipt_email');
  expect(paramsOf(true, 'billing@acme.example')).toMatchObject({ receipt_email: 'billing@acme.example' });
  expect(paramsOf(true, null)).not.toHaveProperty('receipt_email');
});
