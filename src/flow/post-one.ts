/** One command posted, for steps that come again when it could not be. */
import type { Command } from '../domain/commands.js';
import type { Outcome } from '../domain/outcomes.js';
import type { Ledger } from '../ports.js';

/** Throws where the ledger could not be reached, or where something of ours is wrong: the row's lease brings the step back. */
export async function postOne(ledger: Ledger, command: Command): Promise<Outcome> {
  const result = await ledger.post([command]);
  if (result.kind === 'unavailable') throw new Error(`the ledger is unavailable: ${result.reason}`);
  const [outcome] = result.outcomes;
  if (outcome === undefined) throw new Error(`${command.kind} was not answered`);
  if (outcome.kind === 'refused' && outcome.reason === 'internal') {
    throw new Error(`${command.kind} was refused: ${outcome.message}`);
  }
  return outcome;
}
