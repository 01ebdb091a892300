import { createConfig, lintFromString } from '@redocly/openapi-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Api, openApi } from './support.js';

let api: Api;
// biome-ignore lint/suspicious/noExplicitAny: the description is read as any client reads it.
let description: any;
beforeAll(async () => {
  api = await openApi({ checkout: true });
  description = (await api.call('GET', '/openapi.json')).json;
});
afterAll(() => api?.close());

describe('the description', () => {
  it('lints clean by a public linter’s recommended rules', async () => {
    const config = await createConfig({ extends: ['recommended'] });
    const found = await lintFromString({ source: JSON.stringify(description), config });
    expect(found.map((one) => `${one.severity} ${one.ruleId}: ${one.message} (${one.location[0]?.pointer})`)).toEqual(
      [],
    );
  });

  it('names every route once, with an id of its own', () => {
    const described = Object.entries<Record<string, { operationId: string }>>(description.paths).flatMap(
      ([path, all]) => Object.entries(all).map(([method, one]) => `${method.toUpperCase()} ${path} ${one.operationId}`),
    );
    const served = api.routes.map((one) => `${one.method} ${one.path.replace(/:(\w+)/g, '{$1}')} ${one.name}`);
    expect(described.sort()).toEqual([...served].sort());
    expect(new Set(api.routes.map((one) => one.name)).size).toBe(api.routes.length);
  });

  it('asks for an Idempotency-Key wherever something is changed, but for what carries keys of its own', () => {
    const without = api.routes
      .filter((one) => one.method !== 'GET' && one.idempotency === 'none')
      .map((one) => one.name);
    // These only ask, leave nothing behind, or go on with the one approval that is under way.
    expect(without.sort()).toEqual([
      ...['approveCharge', 'check', 'openPortal', 'openSession', 'quote', 'quotePurchase', 'testEndpoint'],
    ]);
    const own = api.routes.filter((one) => one.idempotency === 'in_body').map((one) => one.name);
    expect(own).toEqual(['recordUsage']);
  });

  it('refuses unknown fields in every body', () => {
    const open = api.routes.filter((one) => {
      if (one.body === null) return false;
      const read = one.body.safeParse({ unknown_field_of_nobody: 1 });
      return read.success || !read.error.issues.some((issue) => issue.code === 'unrecognized_keys');
    });
    expect(open.map((one) => one.name)).toEqual([]);
  });

  it('and the reference are open to everybody, with nothing inline and nothing from elsewhere', async () => {
    const page = await api.call('GET', '/docs');
    expect(page.status).toBe(200);
    expect(page.headers.get('content-security-policy')).toMatch(/script-src 'self';/);
    expect(page.headers.get('content-security-policy')).not.toMatch(/unsafe|https?:/);
    expect(page.text).not.toMatch(/<style|\sstyle=|<script(?![^>]*\ssrc="\/)|\son\w+=|(?:src|href)="(?:https?:)?\/\//);
    const parts = [...page.text.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, path]) => path ?? '');
    expect(parts.length).toBe(3);
    for (const part of parts) expect([part, (await api.call('GET', part)).status]).toEqual([part, 200]);
  });

  it('who may do what is published as one table, for people and for programs', async () => {
    const { json } = await api.call('GET', '/docs/permissions');
    expect(json.permissions).toContainEqual(
      expect.objectContaining({ action: 'change_plan', roles: ['owner'], scope: 'owner' }),
    );
    const page = await api.call('GET', '/docs/permissions', { headers: { accept: 'text/html' } });
    expect(page.text).toContain('Choose, change, cancel or reactivate a plan');
    expect((await api.call('GET', '/docs/permissions.json')).json).toEqual(json);
  });
});
