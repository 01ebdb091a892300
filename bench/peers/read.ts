/** The least that an answer over HTTP can cost: the framework creditd is served by, and one read by primary key. */
import fastify from 'fastify';
import pg from 'pg';
import type { PeerSettings } from './settings.js';

export async function startRead({ databaseUrl, port = 0 }: PeerSettings): Promise<() => Promise<void>> {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 10 });
  const app = fastify();
  app.post<{ Params: { account: string } }>('/read/:account', async ({ params }) => {
    const { rows } = await pool.query({
      name: 'read',
      text: 'select no, id, name, catalog from accounts where id = $1',
      values: [params.account],
    });
    return rows[0] ?? null;
  });
  await app.listen({ host: '127.0.0.1', port });
  return async () => {
    await app.close();
    await pool.end();
  };
}
