/** Every problem names the field that was wrong, where it was one of the request's. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Api, openApi } from './support.js';

let api: Api;
let token: string;
beforeAll(async () => {
  api = await openApi();
  token = await api.key();
  await api.account('fields');
});
afterAll(() => api?.close());

const send = async (path: string, body: unknown, key?: string) =>
  (await api.call('POST', `/v1/accounts/fields${path}`, { token, body, ...(key === undefined ? {} : { key }) })).json;

it('a field that is not known is named, also in the list of all problems', async () => {
  const told = await send('/quote', { meter: 'answered_call', bogus: 1 });
  expect(told).toMatchObject({ code: 'invalid', field: 'bogus' });
  expect(told.problems).toEqual([expect.objectContaining({ field: 'bogus' })]);
  const asked = await api.call('GET', '/v1/accounts/fields/activity?odd=1', { token });
  expect(asked.json).toMatchObject({ code: 'invalid', field: 'odd' });
});

it('what the catalog refuses is named by the field that said it', async () => {
  expect(await send('/quote', { meter: 'nothing' })).toMatchObject({ code: 'unknown_meter', field: 'meter' });
  expect(await send('/quote', { meter: 'answered_call' })).toMatchObject({
    code: 'missing_property',
    field: 'properties',
  });
  expect(await send('/check', { run: [{ meter: 'nothing' }] })).toMatchObject({ code: 'unknown_meter', field: 'run' });
});

it('a key that stands for another wish is named as the header, whoever keeps it', async () => {
  await send('/grants', { credits: '1', reason: 'a' }, 'same');
  const ledger = await send('/grants', { credits: '2', reason: 'a' }, 'same');
  expect(ledger).toMatchObject({ code: 'conflict', field: 'Idempotency-Key' });
  const change = (name: string) =>
    api.call('PATCH', '/v1/accounts/fields', { token, key: 'stored', body: { name } }).then(({ json }) => json);
  await change('A');
  expect(await change('B')).toMatchObject({ code: 'conflict', field: 'Idempotency-Key' });
});
