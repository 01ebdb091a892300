import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrate } from '../../src/adapters/postgres/migrate.js';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/dev/postgres.js';
import { removeScratch, scratchFolder } from '../support/scratch.js';
import { until } from '../support/wait.js';
import { type Served, SIGNED_IN, serve } from './served.js';

describe('a server whose Postgres goes away', () => {
  const folder = scratchFolder();
  const start = (port?: number): Promise<EmbeddedPostgres> =>
    startEmbeddedPostgres({
      dataDir: path.join(folder, 'postgres'),
      fast: true,
      log: () => undefined,
      ...(port === undefined ? {} : { port }),
    });
  let postgres: EmbeddedPostgres;
  let served: Served;

  beforeAll(async () => {
    postgres = await start();
    await migrate(postgres.url);
    served = await serve({ databaseUrl: postgres.url, queueConfig: { kind: 'postgres', url: postgres.url } });
  });

  afterAll(async () => {
    await served?.stop();
    await postgres?.stop();
    removeScratch(folder);
  });

  it('is ready with everything there, and tells strangers so', async () => {
    const answer = await served.get('/readyz', {});
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({ ready: true, checks: { postgres: 'ok', migrations: 'ok', queue: 'ok' } });
  });

  it('stays alive, is not ready, answers pages in words, and is ready again when it is back', async () => {
    await postgres.stop();
    const refused = await until(async () => {
      const answer = await served.get('/readyz', {});
      return answer.status === 503 ? await answer.text() : null;
    });
    expect(JSON.parse(refused)).toMatchObject({ ready: false, checks: { postgres: 'does not answer' } });
    expect(refused).not.toMatch(/ECONN|127\.0\.0\.1|creditd/);
    expect((await served.get('/healthz', {})).status).toBe(200);

    const page = await served.get('/activity', { ...SIGNED_IN, accept: 'text/html' });
    expect(page.status).toBe(503);
    const text = await page.text();
    expect(text).toContain('did not answer');
    expect(text).not.toMatch(/prisma|ECONNREFUSED|node_modules/i);

    const metrics = await (await served.get('/metrics')).text();
    expect(metrics).toContain('creditd_source_up{source="postgres"} 0');
    expect(metrics).not.toMatch(/^creditd_charges\{/m);

    postgres = await start(postgres.port);
    await until(async () => (await served.get('/readyz', {})).status === 200, { what: 'being ready again' });
  });
});
