/** docs/embed.md: what it tells to write works as it is written; and the billing page in a frame, where it may and may not be. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { FrameLocator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { makeApiKeys } from '../../src/adapters/postgres/api-keys.js';
import { root } from '../house/source.js';
import { canLook, openPages, type Pages, said } from '../page/pages.js';
import { atliosUsed } from '../page/scenes.js';
import { removeScratch, scratchFolder } from '../support/scratch.js';
import { until } from '../support/wait.js';
import { type Host, openHosts } from './host.js';

const page = readFileSync(path.join(root, 'docs/embed.md'), 'utf8');
const blocks = (language: string): string[] =>
  [...page.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(([, block]) => block ?? '');
const SLOW_MS = 60_000;

describe.skipIf(!canLook)('docs/embed.md', { timeout: SLOW_MS }, () => {
  const folder = scratchFolder();
  let pages: Pages;
  let product: Host;
  let stranger: Host;
  beforeAll(async () => {
    ({ product, stranger } = await openHosts());
    pages = await openPages({ billingOrigins: [product.origin] });
  }, SLOW_MS);
  afterEach(() => pages.leave());
  afterAll(async () => {
    await product?.close();
    await stranger?.close();
    await pages?.close();
    removeScratch(folder);
  });

  /** With this deployment's address where the example has one. */
  const here = (text: string): string => text.replaceAll('https://billing.example.com', pages.river.apiUrl);
  const whole = (body: string): string =>
    here(`<!doctype html><html lang="en"><title>Store</title><main><h1>Store</h1>${body}</main></html>`);
  const framed = (host: Host, name: string, url: string): string =>
    host.put(`/frame-${name}`, whole((blocks('html')[1] ?? '').replace('SESSION_URL', url)));

  it('its backend opens a session, and its page shows all three elements with it', async () => {
    const account = await atliosUsed(pages, 'embedded', 10);
    const { prisma, clock, newId } = pages.river.store;
    const { secret } = await makeApiKeys(prisma, clock, newId).create({
      ...{ name: 'embed', scopes: ['sessions'], catalog: null },
    });
    const file = path.join(folder, 'backend.mjs');
    const written = here(blocks('js')[0] ?? '');
    writeFileSync(file, written.replace('process.env.CREDITD_KEY', JSON.stringify(secret)));
    const backend = await import(file);
    const session = await backend.openSession({ account, member: 'owner-1', role: 'owner' });
    product.answer('/billing-session', () => session.token);
    const seen = await pages.visit(product.put('/sample', whole(blocks('html')[0] ?? '')));
    const text = (name: string) => said(seen.locator(`creditd-${name} [part=frame]`)).catch(() => '');
    const shown = async () => [await text('balance'), await text('cost'), await text('banner')].join(' | ');
    const expected = '490 credits remaining Buy credits | 5 credits 485 left afterwards | ';
    await until(async () => (await shown()) === expected, { timeoutMs: 15_000, what: expected }).catch(async () =>
      expect(await shown()).toBe(expected),
    );
  });

  it('names every part and every attribute that there is', () => {
    const source = ['balance', 'banner', 'cost', 'element', 'style'].map((name) =>
      readFileSync(path.join(root, `src/elements/${name}.ts`), 'utf8'),
    );
    const parts = source.flatMap((text) => [...text.matchAll(/part: [`']([\w]+)/g)].map(([, part]) => part ?? ''));
    const colors = source.flatMap((text) => [...text.matchAll(/--creditd-[\w-]+/g)].map(([color]) => color));
    expect(parts.length).toBeGreaterThan(12);
    for (const one of [...parts.filter((part) => part !== 'frame'), ...colors])
      expect(page, one).toContain(`\`${one}\``);
    for (const one of ['session', 'refresh', 'base', 'locale', 'theme', 'meter', 'quantity', 'properties', 'pool'])
      expect(page).toContain(`\`${one}\``);
  });

  const inFrame = (seen: Page): FrameLocator => seen.frameLocator('iframe[title=Billing]');

  it('the billing page works in a frame of the product’s own: it shows, buys, and opens the processor beside it', async () => {
    const account = await atliosUsed(pages, 'framed', 10);
    await pages.river.attach(account, 'pm_card_visa');
    const seen = await pages.visit(framed(product, 'own', pages.link(account)));
    const billing = inFrame(seen);
    await billing.getByRole('region', { name: 'Balance', exact: true }).getByText('490', { exact: true }).waitFor();
    await billing.getByRole('button', { name: 'Buy credits' }).click();
    const form = billing.getByRole('dialog', { name: 'Buy credits' });
    await form.getByRole('button', { name: 'Continue' }).click();
    await form.getByRole('button', { name: /^Pay \$/ }).click();
    await form.getByText(/were added to your balance/).waitFor({ timeout: 30_000 });
    await form.getByRole('button', { name: 'Close' }).last().click();
    await billing.getByRole('button', { name: 'Manage billing' }).click();
    const beside = billing.getByRole('link', { name: 'Open the secure page' });
    await beside.waitFor();
    const opened = seen.waitForEvent('popup');
    await beside.click();
    await (await opened).waitForURL((url) => url.origin === pages.river.processor.double.url);
  });

  it('a stranger’s frame stays empty, with the very same link: the page’s own policy forbids it', async () => {
    const account = await atliosUsed(pages, 'unframed', 10);
    const refusals: string[] = [];
    const seen = await pages.visit(stranger.put('/empty', whole('')));
    seen.on('console', (message) => void refusals.push(message.text()));
    await seen.goto(framed(stranger, 'other', pages.link(account)));
    await until(() => Promise.resolve(refusals.some((text) => /frame-ancestors/.test(text))), {
      ...{ timeoutMs: 10_000, what: 'the refusal' },
    });
    await expect(inFrame(seen).getByRole('region').count()).resolves.toBe(0);
    const policy = (await fetch(`${pages.river.apiUrl}/billing`)).headers;
    expect(policy.get('content-security-policy')).toContain(`frame-ancestors ${product.origin}`);
    expect(policy.get('x-frame-options')).toBeNull();
  });
});
