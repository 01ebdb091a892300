/**
 * Versions of one catalog. Use is priced by the one in force when it is decided; what was quoted while another was in force
 * is priced by that one for as long as a quote holds after it was replaced.
 */
import type { Book, DecideContext } from './book.js';
import type { Catalog } from './catalog.js';
import type { Priceable } from './commands.js';
import type { Credits } from './credits.js';
import { type Instant, later, MINUTE_MS } from './instant.js';
import { type Refused, refused } from './outcomes.js';
import { price } from './pricing.js';

/** A version that was in force before, and until when. */
export interface ReplacedCatalog {
  readonly catalog: Catalog;
  readonly replacedAt: Instant;
}

/** Those that may still be needed, by their version. */
export type CatalogVersions = ReadonlyMap<string, ReplacedCatalog>;

/**
 * The catalog by which a use of `at` is priced that names the version it was quoted at. A quote that no longer holds is
 * priced by the one in force; a version that nobody has heard of is a mistake of whoever sent it, and refused.
 */
export function quotedCatalog(book: Book, version: string | undefined, at: Instant): Catalog | Refused {
  const { catalog, versions } = book.context;
  if (version === undefined || version === catalog.version) return catalog;
  const older = versions?.get(version);
  if (older === undefined) {
    return refused(
      'unknown_version',
      `The catalog "${catalog.key}" has no version "${version.slice(0, 60)}" that still holds. Leave it out, or ask for a new quote: the present one is ${catalog.version}.`,
    );
  }
  const until = later(older.replacedAt, catalog.policies.quoteMinutes * MINUTE_MS);
  return at <= until ? older.catalog : catalog;
}

/** What was held is captured at the prices it was held at, however long ago; unless nobody remembers them. */
export const heldCatalog = (book: Book, version: string | null): Catalog =>
  (version === null ? undefined : book.context.versions?.get(version)?.catalog) ?? book.context.catalog;

export interface Quote {
  readonly kind: 'quoted';
  readonly credits: Credits;
  readonly version: string;
  /** A use that names the version and happens until then costs exactly this. */
  readonly until: Instant;
}

/** What a use would cost, by which version, and until when that holds. */
export function quoteUse({ catalog }: Pick<DecideContext, 'catalog'>, wish: Priceable, at: Instant): Quote | Refused {
  const until = later(at, catalog.policies.quoteMinutes * MINUTE_MS);
  if (wish.meter === undefined) {
    if (wish.credits === undefined) return refused('invalid', 'Say a meter, or plain credits.');
    return { kind: 'quoted', credits: wish.credits, version: catalog.version, until };
  }
  const meter = catalog.meters.get(wish.meter);
  if (meter === undefined) return unknownMeter(catalog, wish.meter);
  const priced = price(catalog, meter, wish.quantity ?? 1, wish.properties ?? {});
  if (priced.kind === 'refused') return refused(priced.reason, priced.message);
  return { kind: 'quoted', credits: priced.credits, version: priced.version, until };
}

export function unknownMeter(catalog: Catalog, meter: string): Refused {
  const names = catalog.meters.size === 0 ? 'none' : [...catalog.meters.keys()].join(', ');
  return refused('unknown_meter', `The catalog "${catalog.key}" has no meter "${meter}". It has: ${names}.`);
}
