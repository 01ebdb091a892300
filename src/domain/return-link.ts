/**
 * Where an owner comes back to from the processor's pages. Only our own address and the product's own links: a page that led
 * anywhere else would lend its good name to whoever writes the address.
 */
import { type Catalog, linkTo } from './catalog.js';
import { pageUrl } from './notice-format.js';

export type ReturnLink = { readonly kind: 'link'; readonly url: string } | { readonly kind: 'foreign' };

export interface Home {
  readonly catalog: Catalog;
  readonly slug: string;
  /** Where people reach this system. */
  readonly publicUrl: string;
}

/** Null where the product's billing page has no address that can be opened. */
export const billingPage = ({ catalog, slug, publicUrl }: Home): string | null =>
  pageUrl(publicUrl, linkTo(catalog.words.links.billing, slug));

/** `wished`: the page to come back to; absent: the product's billing page. */
export function returnLink(home: Home, wished: string | undefined): ReturnLink {
  if (wished === undefined) return { kind: 'link', url: billingPage(home) ?? home.publicUrl };
  const url = URL.canParse(wished) ? new URL(wished) : null;
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '')
    return { kind: 'foreign' };
  return ownOrigins(home).has(url.origin) ? { kind: 'link', url: url.href } : { kind: 'foreign' };
}

function ownOrigins({ catalog, slug, publicUrl }: Home): ReadonlySet<string> {
  const { billing, topOffSettings, paymentMethod } = catalog.words.links;
  const pages = [
    publicUrl,
    ...[billing, topOffSettings, paymentMethod].map((one) => pageUrl(publicUrl, linkTo(one, slug))),
  ];
  return new Set(pages.flatMap((page) => (page !== null && URL.canParse(page) ? [new URL(page).origin] : [])));
}

/** The page says what became of it: "done", "canceled". */
export function withResult(link: string, result: string): string {
  const url = new URL(link);
  url.searchParams.set('checkout', result);
  return url.href;
}
