/** What a catalog says of its product, as mails say it, with the account's own links. */
import { type Catalog, linkTo } from './catalog.js';
import type { NoticeWords } from './notice-content.js';

/** `slug` stands for the account in the product's own links. */
export function noticeWords({ brand, words, plans, prices, packs }: Catalog, slug: string): NoticeWords {
  const { billing, topOffSettings, paymentMethod, support, legal } = words.links;
  const linked = (link: string | null): string | null => (link === null ? null : linkTo(link, slug));
  return {
    product: brand.name,
    credit: words.credit,
    topOff: words.topOff,
    payAsYouGo: words.payAsYouGo,
    buyCredits: packs === null ? null : words.buyCredits,
    topOffFailed: words.topOffFailed,
    outOfCredits: words.outOfCredits,
    plans: Object.fromEntries(plans.map(({ key, label }) => [key, label])),
    tax: prices.tax,
    logo: brand.logoUrl,
    supportEmail: words.supportEmail,
    color: brand.color,
    textOnColor: brand.textOnColor,
    links: {
      billing: linked(billing),
      topOffSettings: linked(topOffSettings),
      paymentMethod: linked(paymentMethod),
      support: linked(support),
      legal: linked(legal),
    },
  };
}
