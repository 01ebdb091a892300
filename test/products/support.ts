/** What a page reads of an account: figures of the present period, by the functions that the page's data is made of. */
import { availableOf, type Book, balanceOf } from '../../src/domain/book.js';
import { type Credits, formatCredits } from '../../src/domain/credits.js';
import { periodEnd } from '../../src/domain/cycle.js';
import { includedOf } from '../../src/domain/included.js';
import { isoOf } from '../../src/domain/instant.js';
import { headroomOf, usedThisPeriod } from '../../src/domain/overage.js';
import { bookAsIf } from '../../src/domain/overview-book.js';
import { loadCold, loadHot } from '../../src/simulate/rows.js';
import type { TestAccount } from '../domain/support-account.js';
import { template } from '../support/catalogs.js';

const readOf = (account: TestAccount, product: string): Book => {
  const state = loadCold(account.rows, loadHot(account.rows, []), [], account.at());
  const context = { catalog: template(product), deployment: 'test', newId: () => 'unused' };
  return bookAsIf(state, account.at(), context);
};

export function figuresOf(account: TestAccount, product: string) {
  const book = readOf(account, product);
  const included = includedOf(book);
  const end = periodEnd(book);
  const written = (one: Credits | undefined): string | null => (one === undefined ? null : formatCredits(one));
  return {
    remaining: formatCredits(balanceOf(book)),
    available: formatCredits(availableOf(book)),
    included: written(included?.included),
    used: written(included?.used),
    resetsAt: end === null ? null : isoOf(end),
    capUsed: formatCredits(usedThisPeriod(book)),
    capLeft: formatCredits(headroomOf(book)),
    next: book.settings?.nextPlan ?? null,
  };
}

/** "use fix -1" for each line: what the activity list is made of. */
export const activityOf = (account: TestAccount): string[] =>
  account.rows.lines.map(({ kind, meter, lot, amount }) => {
    const from = lot === null ? undefined : account.rows.lots.get(lot)?.kind;
    return `${kind} ${meter ?? from ?? ''} ${formatCredits(amount)}`;
  });
