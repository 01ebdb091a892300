/**
 * An oracle of keys, written from what is promised and not from how it is kept: who claimed a key first, with what, and
 * what was answered. Tells where an outcome breaks the promise.
 */
import { isDeepStrictEqual } from 'node:util';
import { producerKey } from '../../src/domain/keys.js';
import type { Outcome } from '../../src/domain/outcomes.js';
import type { Asked, TestAccount } from './support-account.js';
import { said } from './support-commands.js';

interface Claim {
  readonly content: string;
  answer: Outcome;
}

/** Answers what was broken by the outcome of one command, or null. Commands must be told in the order they were posted. */
export function makeClaims() {
  const claims = new Map<string, Claim>();
  return (command: Asked, outcome: Outcome): string | null => {
    if (!('key' in command)) return null;
    // A hold's key stands on its own row; all the others share the ledger's.
    const name = `${command.kind === 'hold' ? 'hold' : 'line'}:${command.key}`;
    const content = contentOf(command);
    const claim = claims.get(name);
    if (claim === undefined) {
      if (outcome.kind === 'refused') return outcome.reason === 'conflict' ? `${name} was free and conflicts` : null;
      if ('replayed' in outcome && outcome.replayed) return `${name} was free and is answered as a replay`;
      claims.set(name, { content, answer: outcome });
      return null;
    }
    if (claim.content !== content)
      return said(outcome) === 'conflict' ? null : `${name} was taken and other content is answered ${said(outcome)}`;
    return replayBroken(name, claim, outcome);
  };
}

function replayBroken(name: string, claim: Claim, outcome: Outcome): string | null {
  if (claim.answer.kind === 'kept') {
    if (outcome.kind === 'given_back' && outcome.replayed) claim.answer = outcome;
    return outcome.kind === 'kept' || outcome === claim.answer
      ? null
      : `${name} was kept and is answered ${said(outcome)}`;
  }
  if (!('replayed' in outcome) || !outcome.replayed) return `${name} came again and is answered ${said(outcome)}`;
  return isDeepStrictEqual(bare(outcome), bare(claim.answer)) ? null : `${name} came again and got another answer`;
}

/** Without what a replay may say otherwise: that it is one, a grant's lot, and until when a hold is extended by now. */
function bare(outcome: Outcome): object {
  const { replayed: _, lot: __, expiresAt: ___, ...rest } = outcome as Outcome & Record<string, unknown>;
  return rest;
}

function contentOf(command: Asked): string {
  const { mode: _, occurredAt: __, key: ___, ...asked } = command as Asked & Record<string, unknown>;
  const sorted = Object.entries(asked).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify(sorted, (_name, value) => (typeof value === 'bigint' ? `${value}n` : value));
}

/** What a refused command left behind although nobody had claimed its key before: must be nothing. */
export function leftBehind(account: TestAccount, command: Asked): boolean {
  if (!('key' in command)) return false;
  const hash = producerKey(command.key);
  if (command.kind === 'hold') return [...account.rows.holds.values()].some((hold) => hold.keyHash === hash);
  return account.rows.byKey.has(hash) || account.rows.reversals.has(hash);
}
