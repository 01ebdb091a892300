/** What `npm start` adds where the database is the demo's own: the page of all states, their accounts, and calls coming in. */
import type { LoadedFile } from '../../adapters/catalog/registry.js';
import type { QueueConfig } from '../../adapters/queue/backend.js';
import type { StripeDouble } from '../../dev/stripe-double/server.js';
import type { DemoOptions } from '../../http/demo-page.js';
import type { Lifecycle } from '../../lifecycle.js';
import type { Log, Profiles } from '../../ports.js';
import type { openDesk, Store } from '../../wire.js';
import type { Narrator } from './narrator.js';
import { startTraffic } from './product.js';
import type { Scene } from './scene.js';
import { SCENES } from './scenes.js';
import { startSeeding } from './seed.js';
import { makeSwitcher } from './switcher.js';

/** States are reached by cards that decline on demand, which only the double has: none where a real processor is asked. */
export const demoScenes = (files: readonly LoadedFile[], double: StripeDouble | null): readonly Scene[] =>
  double === null ? [] : SCENES.filter((scene) => files.some(({ catalog }) => catalog.key === scene.catalog));

/** Hosts that are nobody's, by name: a link that leads there leads to the demo's own page instead. */
const NOWHERE = /^https?:\/\/(?:[^/]+\.)?example(?:[:/]|$)/;
const HERE = '/accounts/{slug}';

export const withDemoLinks = (files: readonly LoadedFile[]): LoadedFile[] =>
  files.map(({ catalog, text }) => {
    const here = (link: string): string => (NOWHERE.test(link) ? HERE : link);
    const { links } = catalog.words;
    const own = {
      billing: here(links.billing),
      topOffSettings: here(links.topOffSettings),
      paymentMethod: here(links.paymentMethod),
    };
    return { text, catalog: { ...catalog, words: { ...catalog.words, links: { ...links, ...own } } } };
  });

export const demoPage = (
  store: Store,
  sessionSecrets: readonly string[],
  scenes: readonly Scene[],
): { readonly demo: DemoOptions } => ({ demo: makeSwitcher({ store, sessionSecrets, scenes }) });

export interface DemoParts {
  readonly store: Store;
  readonly desk: ReturnType<typeof openDesk>;
  readonly profiles: Profiles;
  readonly double: StripeDouble | null;
  readonly scenes: readonly Scene[];
  readonly queueConfig: QueueConfig;
  readonly narrator: Narrator;
  readonly log: Log;
}

/** Behind the banner: nobody waits for it. */
export function startDemo(parts: DemoParts, lifecycle: Lifecycle): void {
  const { store, desk, profiles, double, scenes, narrator } = parts;
  if (double !== null) {
    const seeding = startSeeding({ store, desk, profiles, bank: double.control }, scenes);
    lifecycle.onClose('demo accounts', () => seeding.close());
  }
  const traffic = startTraffic(parts.queueConfig, () => narrator.sawTopOff(), parts.log);
  lifecycle.onClose('demo traffic', () => traffic.close());
}
