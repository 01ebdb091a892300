/** `creditd grant`, `adjust`, `void` and `reverse`: an operator moves credits by hand, and the ledger writes down who and why. */
import { parseArgs } from 'node:util';
import type { Command } from '../domain/commands.js';
import { formatCredits, microCredits } from '../domain/credits.js';
import { type AccountId, lotId } from '../domain/ids.js';
import type { Outcome } from '../domain/outcomes.js';
import type { Store } from '../wire.js';
import {
  ACTING,
  accountOf,
  agrees,
  creditsOf,
  jsonOf,
  type Out,
  postAsOperator,
  reasonOf,
  whenOf,
  withStore,
} from './operator.js';
import { Plain } from './setting-up.js';

export const GRANT_USAGE = `Usage: creditd grant ACCOUNT CREDITS --reason TEXT [--expires WHEN] [--paid] [--key KEY] [--yes] [--json]

Gives credits as a promotion, or with --paid as credits that somebody has paid for elsewhere, which never expire by
themselves and burn after free ones. Debt is paid first.`;

export const ADJUST_USAGE = `Usage: creditd adjust ACCOUNT +CREDITS|-CREDITS --reason TEXT [--lot ID] [--happened] [--key KEY] [--yes] [--json]

Puts right what is wrong: +5 gives a lot of its own, -5 takes from the balance whole or not at all. --lot takes from that
lot alone. --happened also takes what nothing covers, which becomes debt. Write a negative amount after --:
creditd adjust --reason "counted twice" -- ACCOUNT -5`;

export const VOID_USAGE = `Usage: creditd void ACCOUNT LOT --reason TEXT [--key KEY] [--yes] [--json]

Ends what is left of one lot. creditd account show prints the lots.`;

export const REVERSE_USAGE = `Usage: creditd reverse ACCOUNT KEY --reason TEXT [--credits N] [--key KEY] [--yes] [--json]

Gives back the use that was posted under KEY, whole or N credits of it. --key names the reversal itself.`;

const OPTIONS = {
  ...ACTING,
  key: { type: 'string' },
  expires: { type: 'string' },
  paid: { type: 'boolean' },
  lot: { type: 'string' },
  happened: { type: 'boolean' },
  credits: { type: 'string' },
} as const;

type Said = ReturnType<typeof parseArgs<{ options: typeof OPTIONS; allowPositionals: true }>>['values'];
/** What is to be done, and how it is said before it is. `key`: the same one asked again is answered the same. */
type Plan = (
  said: Said,
  account: AccountId,
  what: string | undefined,
  key: string,
) => { command: Command; question: string };

const PLANS: Readonly<
  Record<
    'grant' | 'adjust' | 'void' | 'reverse',
    { readonly usage: string; readonly options: readonly (keyof Said)[]; readonly plan: Plan }
  >
> = {
  grant: { usage: GRANT_USAGE, options: ['expires', 'paid'], plan: planGrant },
  adjust: { usage: ADJUST_USAGE, options: ['lot', 'happened'], plan: planAdjust },
  void: { usage: VOID_USAGE, options: [], plan: planVoid },
  reverse: { usage: REVERSE_USAGE, options: ['credits'], plan: planReverse },
};

export type MoveVerb = keyof typeof PLANS;

export async function moveCommand(verb: MoveVerb, args: string[], out: Out): Promise<number> {
  const { usage, options, plan } = PLANS[verb];
  const { values, positionals } = parseArgs({ args, options: OPTIONS, allowPositionals: true });
  if (values.help) {
    out(usage);
    return 0;
  }
  const [id, what, ...more] = positionals;
  const account = accountOf(id, usage);
  if (what === undefined || more.length > 0) throw new Plain(usage);
  const other = (Object.keys(values) as (keyof Said)[]).find(
    (name) => !(name in ACTING) && name !== 'key' && !options.includes(name),
  );
  if (other !== undefined) throw new Plain(`--${other} is no option of ${verb}.\n\n${usage}`);
  return withStore(async ({ store }) => {
    const key = values.key ?? `operator-${store.newId()}`;
    const { command, question } = plan(values, account, what, key);
    if (!(await agrees(`${question} ${await standing(store, account)}`, values.yes))) {
      out('Nothing was done.');
      return 1;
    }
    const outcome = await postAsOperator(store, command);
    out(values.json ? jsonOf({ ...outcome, key }) : `${sentenceOf(outcome)} The key is "${key}".`);
    return 0;
  });
}

/** What the account has now, so that whoever agrees has seen whom they are about to change. */
async function standing(store: Store, account: AccountId): Promise<string> {
  const row = await store.prisma.account.findUnique({ where: { id: account }, include: { balance: true } });
  if (row === null) throw new Plain(`There is no account "${account}".`);
  const { lots, debt } = row.balance ?? { lots: 0n, debt: 0n };
  return `"${row.name}" has ${formatCredits(microCredits(lots - debt))} credits.`;
}

function planGrant(said: Said, account: AccountId, what: string | undefined, key: string) {
  const credits = creditsOf(what);
  const reason = reasonOf(said.reason);
  const expires = said.expires === undefined ? {} : { expiresAt: whenOf(said.expires, '--expires') };
  const origin = said.paid === true ? ('purchase' as const) : ('promotion' as const);
  const command = { kind: 'grant', account, key, origin, credits, reason, ...expires } as const;
  return { command, question: `Give ${formatCredits(credits)} credits to ${account}?` };
}

function planAdjust(said: Said, account: AccountId, what: string | undefined, key: string) {
  const credits = creditsOf(what);
  const reason = reasonOf(said.reason);
  if (what?.startsWith('+') !== true && what?.startsWith('-') !== true)
    throw new Plain(`Say + or -: whether credits come or go.\n\n${ADJUST_USAGE}`);
  const amount = formatCredits(credits);
  if (what.startsWith('+')) {
    if (said.lot !== undefined || said.happened) throw new Plain('--lot and --happened belong to what is taken.');
    const command = { kind: 'grant', account, key, origin: 'adjustment', credits, reason } as const;
    return { command, question: `Give ${amount} credits to ${account}?` };
  }
  const lot = said.lot === undefined ? {} : { lot: lotId(said.lot) };
  const mode = said.happened === true ? ('happened' as const) : ('if_covered' as const);
  const command = { kind: 'use', account, key, credits, mode, reason, ...lot } as const;
  return {
    command,
    question: `Take ${amount} credits from ${account}${said.lot === undefined ? '' : `, from lot ${said.lot}`}?`,
  };
}

function planVoid(said: Said, account: AccountId, what: string | undefined, key: string) {
  const lot = lotId(what ?? '');
  if (!/^[0-9a-f-]{36}$/i.test(lot)) throw new Plain('Say the id of a lot, as creditd account show prints it.');
  const command = { kind: 'void', account, key, lot, reason: reasonOf(said.reason) } as const;
  return { command, question: `End what is left of lot ${lot} of ${account}?` };
}

function planReverse(said: Said, account: AccountId, what: string | undefined, key: string) {
  const part = said.credits === undefined ? {} : { credits: creditsOf(said.credits) };
  const command = { kind: 'reverse', account, key, of: what ?? '', reason: reasonOf(said.reason), ...part } as const;
  return { command, question: `Give back ${said.credits ?? 'all'} of what ${account} used under "${what}"?` };
}

function sentenceOf(outcome: Exclude<Outcome, { kind: 'refused' }>): string {
  const again = 'replayed' in outcome && outcome.replayed ? ' It had been done before under this key.' : '';
  switch (outcome.kind) {
    case 'granted':
      return `Granted${outcome.lot === null ? '' : ` as lot ${outcome.lot}`}; the balance is ${formatCredits(outcome.balance)}.${again}`;
    case 'used':
      return `Took ${formatCredits(outcome.credits)}; the balance is ${formatCredits(outcome.balance)}.${again}`;
    case 'voided':
      return `Ended ${formatCredits(outcome.credits)}; the balance is ${formatCredits(outcome.balance)}.${again}`;
    case 'given_back':
      return `Gave back ${formatCredits(outcome.credits)}; the balance is ${formatCredits(outcome.balance)}.${again}`;
    case 'kept':
      return 'No use stands under that key yet: it is given back when it comes.';
    default:
      return `Done (${outcome.kind}).`;
  }
}
