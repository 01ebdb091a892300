/**
 * Every English word of the page. What the product itself calls things comes from its catalog, and sentences about an account
 * come from the API; a translation is these four lists once more.
 */
import { ACCOUNT } from './strings/account.js';
import { COMMON } from './strings/common.js';
import { LISTS } from './strings/lists.js';
import { MONEY } from './strings/money.js';

export { capital, every, memberWords, named } from './strings/words.js';

export const STRINGS = { ...COMMON, ...ACCOUNT, ...MONEY, ...LISTS };
