/** Writes the lines of a batch: the statement that most of a debit's time goes into. */
import type { Line } from '../../domain/book.js';
import type { Instant } from '../../domain/instant.js';
import { makeInstants, plain, quoted } from './columns.js';
import { run, type Sql } from './pool.js';
import type { Decided } from './save.js';
import { INSERT_LINES } from './statements.js';

export async function saveLines(sql: Sql, all: readonly Decided[]): Promise<void> {
  const lines: Line[] = [];
  const numbers: number[] = [];
  const posted: Instant[] = [];
  for (const { no, decision } of all) {
    for (const line of decision.lines) {
      lines.push(line);
      numbers.push(no);
      posted.push(decision.at);
    }
  }
  if (lines.length === 0) return;
  const instants = makeInstants();
  await run(sql, INSERT_LINES, [
    plain(numbers),
    plain(lines.map((line) => line.sequence)),
    plain(lines.map((line) => line.keyHash)),
    plain(lines.map((line) => line.line)),
    plain(lines.map((line) => line.kind)),
    plain(lines.map((line) => line.lot)),
    plain(lines.map((line) => line.amount)),
    plain(lines.map((line) => line.balanceAfter)),
    plain(lines.map((line) => instants(line.occurredAt))),
    plain(posted.map(instants)),
    plain(lines.map((line) => line.contentHash)),
    quoted(lines.map((line) => line.meter)),
    plain(lines.map((line) => line.quantity)),
    quoted(lines.map((line) => (line.properties === null ? null : JSON.stringify(line.properties)))),
    quoted(lines.map((line) => line.member)),
    quoted(lines.map((line) => line.pool)),
    quoted(lines.map((line) => line.version)),
    plain(lines.map((line) => line.ref)),
    quoted(lines.map((line) => line.reason)),
  ]);
}
