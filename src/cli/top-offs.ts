/** `creditd pause top-offs` and `creditd resume top-offs`: one account's automatic top-off, by an operator. */
import { parseArgs } from 'node:util';
import { ACTING, accountOf, agrees, jsonOf, type Out, postAsOperator, withStore } from './operator.js';

export const TOP_OFFS_USAGE = `Usage: creditd pause top-offs ACCOUNT [--yes] [--json]
       creditd resume top-offs ACCOUNT [--yes] [--json]

While paused no automatic top-off of the account opens; one that is open goes its way. It lasts until an operator resumes
it: the owner cannot. Resuming also lifts a suspension, and what is due is charged at once. For all accounts: creditd charging.`;

export async function topOffsCommand(verb: 'pause' | 'resume', args: string[], out: Out): Promise<number> {
  // Why is asked of what moves credits; who and when are written down here as well.
  const { reason: _, ...options } = ACTING;
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
  const [what, id] = positionals;
  if (values.help || what !== 'top-offs') {
    out(TOP_OFFS_USAGE);
    return values.help ? 0 : 2;
  }
  const account = accountOf(id, TOP_OFFS_USAGE);
  const question =
    verb === 'pause'
      ? `Open no automatic top-off for ${account} until an operator resumes it?`
      : `Let automatic top-off of ${account} go on? What is due is charged at once.`;
  return withStore(async ({ store }) => {
    if (!(await agrees(question, values.yes))) {
      out('Nothing was done.');
      return 1;
    }
    const outcome = await postAsOperator(
      store,
      verb === 'pause' ? { kind: 'pause_top_off', account } : { kind: 'resume_top_off', account, asOperator: true },
    );
    const said =
      verb === 'pause' ? `Automatic top-off of ${account} is paused.` : `Automatic top-off of ${account} goes on.`;
    out(values.json ? jsonOf(outcome) : said);
    return 0;
  });
}
