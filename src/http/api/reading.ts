/** One account as a decision would see it, for routes that only read. */
import type { Book, DecideContext } from '../../domain/book.js';
import { type MemberId, memberId } from '../../domain/ids.js';
import { bookAsIf } from '../../domain/overview-book.js';
import { poolsConfining } from '../../domain/pools.js';
import type { AccountReading, Catalogs, States } from '../../ports.js';
import { type Answer, trouble, type Who } from './route.js';

export interface ReadAccount {
  readonly reading: AccountReading;
  readonly context: DecideContext;
  /** As if everything that is due had been done. */
  readonly book: Book;
}

/** A reading, or the problem to answer. */
export type Reader = (account: string) => Promise<ReadAccount | Answer<never>>;

export interface ReaderDeps {
  readonly states: States;
  readonly catalogs: Catalogs;
  readonly deployment: string;
  readonly newId: () => string;
}

export function makeReader({ states, catalogs, deployment, newId }: ReaderDeps): Reader {
  return async (account) => {
    const reading = await states.read(account);
    if (reading === null) return unknownAccount();
    const catalog = catalogs.find(reading.catalog);
    if (catalog === undefined) return notLoaded(reading.catalog);
    const { charging } = reading;
    const context = { catalog, versions: catalogs.versions(catalog.key), deployment, newId, charging };
    return { reading, context, book: bookAsIf(reading.state, reading.now, context) };
  };
}

export const unknownAccount = (): Answer<never> => trouble(404, 'unknown_account', 'There is no such account.');

export const notLoaded = (catalog: string): Answer<never> =>
  trouble(
    503,
    'catalog_not_loaded',
    `The catalog "${catalog}" is not loaded here. Start creditd with it in CATALOG, then ask again.`,
  );

export const isProblem = (found: ReadAccount | Answer<never>): found is Answer<never> => 'kind' in found;

/** The member a person is; undefined for a product's key, which sees everything. */
export const viewerOf = (who: Who): MemberId | undefined => (who.kind === 'person' ? memberId(who.member) : undefined);

/** Whether the viewer sees pools alone, as this very reading has it. */
export const isConfined = (book: Book, who: Who): boolean =>
  poolsConfining(book.limits.pools.values(), viewerOf(who) ?? null) !== null;
