/** A peer as a process of its own. One argument, JSON: what `PeerSettings` says. Prints "ready" and goes on until it is ended. */
import { startBoss } from './peers/boss.js';
import { startEmpty } from './peers/empty.js';
import { startGraphile } from './peers/graphile.js';
import { startPrisma } from './peers/prisma.js';
import { startRead } from './peers/read.js';
import type { PeerSettings } from './peers/settings.js';

const PEERS = {
  boss: startBoss,
  empty: startEmpty,
  graphile: startGraphile,
  prisma: startPrisma,
  read: startRead,
} as const;

const settings = JSON.parse(process.argv[2] ?? '{}') as PeerSettings;
const start = PEERS[settings.name as keyof typeof PEERS];
if (start === undefined) throw new Error(`There is no peer named "${settings.name}".`);
const stop = await start(settings);
process.on('SIGTERM', () => void stop().then(() => process.exit(0)));
console.log('ready');
