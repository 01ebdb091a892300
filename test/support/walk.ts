/** One walk: a seed, so many steps, and every promise looked at on the way and at the end. */
import { openWalkAccount, type WalkAccount } from './walk-accounts.js';
import { brokenAtTheEnd, brokenBooks, brokenPayments } from './walk-checks.js';
import { drain } from './walk-drain.js';
import { type Move, PEOPLE } from './walk-moves.js';
import { TROUBLE } from './walk-trouble.js';
import { openWalkWorld, type WalkWorld } from './walk-world.js';

const MOVES: readonly Move[] = [...PEOPLE, ...TROUBLE];
const ACCOUNTS = 4;
const BOOKS_EVERY = 50;
const TRAIL_LENGTH = 60;

export interface Walked {
  readonly steps: number;
  readonly charges: number;
  readonly paidMinor: number;
  /** How often each move was made. */
  readonly moves: Readonly<Record<string, number>>;
}

/** Rejects with what was broken, the last moves, and the command that walks the same way again. */
export async function walk(seed: number, steps: number): Promise<Walked> {
  const world = await openWalkWorld(seed);
  const trail: string[] = [];
  let step = 0;
  try {
    const accounts: WalkAccount[] = [];
    for (let index = 0; index < ACCOUNTS; index += 1) accounts.push(await openWalkAccount(world, index));
    const moves: Record<string, number> = {};
    for (step = 1; step <= steps; step += 1) {
      const move = chosen(world);
      const account = world.chance.pick(accounts);
      moves[move.name] = (moves[move.name] ?? 0) + 1;
      const at = new Date(world.time.nowMs).toISOString();
      const line = `${step} ${at} ${account.id} ${move.name}`;
      trail.push(line);
      trail[trail.length - 1] = `${line}: ${await move.run(world, account)}`;
      hold(brokenPayments(world));
      if (step % BOOKS_EVERY === 0) hold(await brokenBooks(world));
    }
    trail.push('the end');
    await drain(world, accounts);
    hold(await brokenAtTheEnd(world, accounts));
    const { payments } = world.control.summary();
    const paidMinor = payments.reduce((sum, { amountMinor }) => sum + amountMinor, 0);
    const { rows } = await world.pool.query<{ n: number }>('select count(*)::int as n from charges');
    return { steps, charges: rows[0]?.n ?? 0, paidMinor, moves };
  } catch (error) {
    const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
    const again = `CREDITD_WALK_SEEDS=${seed} CREDITD_WALK_STEPS=${steps} npx vitest run test/pipeline/walk.test.ts`;
    throw new Error(
      `seed ${seed}, step ${step}:\n${what}\n\n${trail.slice(-TRAIL_LENGTH).join('\n')}\n\nagain: ${again}`,
    );
  } finally {
    await world.close();
  }
}

function hold(broken: readonly string[]): void {
  if (broken.length > 0) throw new Error(broken.join('\n'));
}

function chosen({ chance }: WalkWorld): Move {
  const whole = MOVES.reduce((sum, { weight }) => sum + weight, 0);
  let place = chance.below(whole);
  for (const move of MOVES) {
    place -= move.weight;
    if (place < 0) return move;
  }
  throw new Error('no move was chosen');
}
