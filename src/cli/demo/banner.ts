import { DEMO_PATH } from '../../http/demo-page.js';
import { DEMO_ACCOUNT } from './product.js';

/** The one thing that is printed before the story begins. */
export interface BannerFacts {
  readonly api: string;
  readonly inbox: string | null;
  readonly double: string | null;
  readonly state: string;
  /** What another terminal takes in, so that commands act on this creditd. */
  readonly shell: string;
  readonly queues: 'redis' | 'postgres';
  readonly isDemo: boolean;
}

export function banner(facts: BannerFacts): string[] {
  const links: [string, string][] = [
    ...(facts.isDemo ? [['Billing pages', `${facts.api}${DEMO_PATH}`] as [string, string]] : []),
    ['Activity', `${facts.api}/activity${facts.isDemo ? `?account=${DEMO_ACCOUNT}` : ''}`],
    ['Queues', `${facts.api}/ops/queues`],
    ...(facts.inbox === null ? [] : [['Inbox', facts.inbox] as [string, string]]),
    ...(facts.double === null ? [] : [['Stripe double', facts.double] as [string, string]]),
    ['Data', facts.state],
    ['Commands', `. ${facts.shell}   (in another terminal, then npx creditd …)`],
  ];
  const wide = Math.max(...links.map(([name]) => name.length));
  return [
    '',
    '  creditd is running',
    '',
    ...links.map(([name, where]) => `  ${name.padEnd(wide)}   ${where}`),
    '',
    facts.isDemo
      ? '  An AI receptionist answers calls: each uses one credit. Below 50, auto top-off buys 200 more. Ctrl-C stops.'
      : '  This database is not the demo’s own, so no demo traffic is sent into it. Ctrl-C stops.',
    '',
  ];
}
