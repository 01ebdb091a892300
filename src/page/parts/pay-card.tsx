/** Cards as people know them. */
import type { Overview } from '../core/data.js';
import { brandName } from '../core/format.js';
import { STRINGS } from '../strings.js';

export type PayCard = Overview['cards'][number];

/** "Visa ending in 4242". */
export const cardName = ({ brand, last4 }: Pick<PayCard, 'brand' | 'last4'>): string =>
  STRINGS.cards.ending(brandName(brand), last4);

/** "12/2030". */
export const expiryOf = ({ expiryMonth, expiryYear }: PayCard): string =>
  `${String(expiryMonth).padStart(2, '0')}/${expiryYear}`;
