/** Origins of the product's own pages, as an operator writes them: who may show the billing page, and who may read for the elements. */

export interface ReadOrigins {
  /** Each as a browser sends it: a scheme and a host, in small letters, a port where it is not the scheme's own. */
  readonly origins: readonly string[];
  /** Sentences without the setting's name. */
  readonly problems: readonly string[];
}

const LOCAL = new Set(['localhost', '127.0.0.1']);
/** What ends up in a policy of the page must not be able to end that policy: a URL's host may hold signs that do. */
const HOST = /^[a-z0-9-]+(\.[a-z0-9-]+)*$/;

export function readOrigins(text: string): ReadOrigins {
  const written = text
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
  const read = written.map(readOrigin);
  return {
    origins: [...new Set(read.flatMap((one) => ('origin' in one ? [one.origin] : [])))],
    problems: [...new Set(read.flatMap((one) => ('problem' in one ? [one.problem] : [])))],
  };
}

const STAR = 'must not hold "*": any site could then show the billing page in a frame. Name each origin in full';
const MALFORMED =
  'must hold origins such as https://app.example.com, with commas between: https, a host, a port where one is needed, and nothing after it';

function readOrigin(written: string): { readonly origin: string } | { readonly problem: string } {
  if (written.includes('*')) return { problem: STAR };
  if (!/^https?:\/\/[^/?#@\\\s]+\/?$/i.test(written) || !URL.canParse(written)) return { problem: MALFORMED };
  const { protocol, hostname, origin } = new URL(written);
  if (!HOST.test(hostname)) return { problem: MALFORMED };
  return protocol === 'https:' || LOCAL.has(hostname) ? { origin } : { problem: MALFORMED };
}

/** Those that only a product on this very machine has: they belong to trying it out. */
export const localOrigins = (origins: readonly string[]): readonly string[] =>
  origins.filter((one) => one.startsWith('http:'));
