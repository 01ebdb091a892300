/** What a customer writes to support with leads to the entries of the ledger, over real services and the processor's double. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { traceCommand } from '../../src/cli/trace.js';
import { accountId } from '../../src/domain/ids.js';
import { customerOf, type OwnerRiver, openOwnerRiver } from '../support/owner-river.js';

describe('support at Toolbench', () => {
  let owner: OwnerRiver;
  beforeAll(async () => {
    owner = await openOwnerRiver('toolbench');
    vi.stubEnv('DATABASE_URL', owner.river.url);
    vi.stubEnv('CATALOG', 'toolbench');
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await owner?.river.close();
  });

  const traced = async (...args: string[]) => {
    const lines: string[] = [];
    const code = await traceCommand([...args, '--json'], (line) => lines.push(line));
    return { code, found: lines.map((line) => JSON.parse(line)) };
  };

  it('T23 finds the ledger’s entries by the organization’s slug and a time, and by an invoice’s id', async () => {
    const { river, stripe } = owner;
    const anchor = await river.store.clock.now();
    const [free, paid] = river.store.catalogs.find('toolbench')?.plans ?? [];
    for (const id of ['org-1', 'org-2'])
      await river.desk.openAccount({
        ...{ id: accountId(id), name: id, slug: `ateliers-${id}`, catalog: 'toolbench', plan: free?.key ?? '' },
        ...{ zone: 'UTC', anchor, billingEmail: null, owners: [{ id: 'owner-1', email: `${id}@example.com` }] },
      });
    await river.attach('org-1', 'pm_card_visa');
    const customer = await customerOf(river, 'org-1');
    const [card] = (await stripe.paymentMethods.list({ customer })).data;
    const [price] = paid?.stripePriceIds ?? [];
    await stripe.subscriptions.create({
      ...{ customer, items: [{ price: price ?? '' }], default_payment_method: card?.id ?? '' },
    });
    await owner.settled();
    const [invoice] = (await stripe.invoices.list({ customer })).data;

    const byInvoice = await traced(invoice?.id ?? '');
    expect(byInvoice).toMatchObject({ code: 0, found: [{ as: 'invoice', account: 'org-1' }] });
    const [grant] = byInvoice.found[0].entries;
    expect(grant).toMatchObject({ kind: 'grant', amount: expect.stringMatching(/^\d+$/) });

    const bySlug = await traced('ateliers-org-1', '--at', grant.occurred_at);
    expect(bySlug).toMatchObject({ code: 0, found: [{ as: 'time', account: 'org-1' }] });
    expect(bySlug.found[0].entries).toContainEqual(
      expect.objectContaining({ sequence: grant.sequence, kind: 'grant' }),
    );
    // Another hour, another organization: nothing of it.
    expect((await traced('ateliers-org-1', '--at', '2020-01-01T00:00:00Z')).code).toBe(1);
    expect((await traced('ateliers-org-2', '--at', grant.occurred_at)).found).toMatchObject([{ account: 'org-2' }]);
    expect((await traced('in_unheard')).code).toBe(1);
  });
});
