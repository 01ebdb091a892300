/** Accounts as decisions would see them, for whoever only reads: one snapshot of everything, no lock, nothing written. */
import type { Pool } from 'pg';
import type { AccountState } from '../../domain/account.js';
import { accountId, accountNo } from '../../domain/ids.js';
import { instant } from '../../domain/instant.js';
import type { Clock, States } from '../../ports.js';
import { hotOf, loadStates, type Share } from './load.js';
import { loadCold } from './load-cold.js';
import { run, type Statement } from './pool.js';
import type { Row } from './rows.js';
import { LOOK, READ_CLOCK } from './statements.js';

const FIND: Statement = {
  name: 'accounts_look',
  text: 'select a.no, a.id, a.name, a.slug, a.catalog, a.customer, a.billing_email from accounts a where a.id = $1',
};

export function makeStates(pool: Pool, clock: Clock): States {
  return {
    async read(id) {
      const client = await pool.connect();
      let failed = true;
      try {
        await client.query('begin isolation level repeatable read read only');
        const [place] = await run<Row>(client, FIND, [id]);
        const no = place === undefined ? null : accountNo(place.no);
        const [hot] = no === null ? [] : await run<Row>(client, LOOK, [[no]]);
        const [read] = await run<Row>(client, READ_CLOCK, []);
        const now = clock.reading(instant(Number(read?.ms)));
        const share: Share | null = no === null ? null : { account: accountId(id), no, commands: [], places: [] };
        let state: AccountState | undefined;
        if (share !== null && hot !== undefined) {
          const states = await loadStates(client, [share], new Map([[share.no, hotOf(hot)]]));
          state = (await loadCold(client, [share], states, now)).get(share.no);
        }
        await client.query('commit');
        failed = false;
        if (state === undefined || place === undefined) return null;
        return {
          state,
          now,
          charging: read?.charging ?? 'on',
          name: place.name,
          slug: place.slug ?? place.id,
          catalog: place.catalog,
          customer: place.customer,
          billingEmail: place.billing_email,
        };
      } finally {
        // A connection whose snapshot may still stand is not given to the next.
        client.release(failed);
      }
    },
  };
}
