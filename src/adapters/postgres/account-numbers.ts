/** From the product's account ids to our numbers and catalogs. A number never changes, so what was found is remembered. */
import { type AccountId, type AccountNo, accountNo } from '../../domain/ids.js';
import { run, type Sql, type Statement } from './pool.js';
import type { Row } from './rows.js';

export interface AccountPlace {
  readonly no: AccountNo;
  readonly catalog: string;
}

const FIND: Statement = {
  name: 'accounts_find',
  text: `select a.id, a.no, a.catalog from accounts a where a.id = any($1::text[])`,
};

/** How many accounts are remembered; beyond it the oldest found goes. */
const REMEMBERED_ACCOUNTS_MAX = 500_000;

export interface AccountNumbers {
  find(sql: Sql, ids: readonly AccountId[]): Promise<ReadonlyMap<AccountId, AccountPlace>>;
}

export function makeAccountNumbers(): AccountNumbers {
  const remembered = new Map<AccountId, AccountPlace>();
  const remember = (id: AccountId, place: AccountPlace): void => {
    remembered.set(id, place);
    if (remembered.size <= REMEMBERED_ACCOUNTS_MAX) return;
    const oldest = remembered.keys().next();
    if (!oldest.done) remembered.delete(oldest.value);
  };
  return {
    async find(sql, ids) {
      const found = new Map<AccountId, AccountPlace>();
      const missing: AccountId[] = [];
      for (const id of new Set(ids)) {
        const place = remembered.get(id);
        if (place === undefined) missing.push(id);
        else found.set(id, place);
      }
      if (missing.length === 0) return found;
      for (const row of await run<Row>(sql, FIND, [missing])) {
        const place = { no: accountNo(row.no), catalog: row.catalog };
        remember(row.id, place);
        found.set(row.id, place);
      }
      return found;
    },
  };
}
