/**
 * A notice's step: at most one mail a notice, unless the process dies between the server's acceptance and our commit. The
 * Message-ID is made of the notice's id, so that a mailbox can fold the doubled one.
 */
import type { Instant } from '../domain/instant.js';
import type { NoticeFacts } from '../domain/notice.js';
import { noticeWords } from '../domain/notice-brand.js';
import type { NoticeInput } from '../domain/notice-content.js';
import { renderNotice } from '../domain/notice-text.js';
import {
  type Catalogs,
  type Ending,
  type Log,
  type Mailer,
  NO_TRACER,
  type Notices,
  type Outbox,
  type OutboxRef,
  type SpanFacts,
  type StartedStep,
  type StoredNotice,
  type Tracer,
} from '../ports.js';
import { againAt } from './back-off.js';
import { underHold } from './step.js';

export interface SendNoticeDeps {
  readonly outbox: Outbox;
  readonly notices: Notices;
  readonly mailer: Mailer;
  readonly catalogs: Catalogs;
  readonly log: Log;
  readonly random: () => number;
  readonly publicUrl: string | null;
  readonly messageIdDomain: string;
  readonly onMail?: (outcome: 'sent' | 'failed' | 'put_off') => void;
  readonly tracer?: Tracer;
}

/** After this long without an acceptance a notice is given up: its news is no longer news, and the banner still shows. */
const GIVE_UP_MS = 3 * 86_400_000;

export function makeSendNotice(deps: SendNoticeDeps) {
  const { tracer = NO_TRACER } = deps;
  return (ref: OutboxRef): Promise<void> =>
    underHold(deps.outbox, ref, (step) =>
      tracer.span('notice', { account: step.account, notice: step.subject }, (add) => sendNotice(deps, step, add)),
    );
}

async function sendNotice(deps: SendNoticeDeps, step: StartedStep, add: (facts: SpanFacts) => void): Promise<void> {
  const notice = await deps.notices.find(step.accountNo, step.subject);
  if (notice === null || notice.state !== 'waiting') return deps.outbox.end(ending(step, null, null));
  add({ kind: notice.facts.kind, ...('charge' in notice.facts ? { charge: notice.facts.charge } : {}) });
  if (notice.recipients.length === 0) {
    return giveUp(deps, step, notice, 'no owner and no billing address has a usable e-mail address');
  }
  const mail = { ...renderNotice(inputOf(deps, notice)), to: notice.recipients };
  const outcome = await deps.mailer.send(mail);
  add({ outcome: outcome.kind });
  switch (outcome.kind) {
    case 'accepted': {
      await deps.notices.settle(notice.id, { kind: 'sent', response: outcome.response }, ending(step, null, null));
      deps.onMail?.('sent');
      deps.log.info({ account: notice.account, noticeId: notice.id, notice: notice.facts.kind }, 'mail sent');
      return;
    }
    case 'rejected':
      return giveUp(deps, step, notice, outcome.reason);
    case 'unavailable': {
      if (step.at - notice.createdAt > GIVE_UP_MS) return giveUp(deps, step, notice, outcome.reason);
      deps.onMail?.('put_off');
      return deps.outbox.end(ending(step, againAt(step.at, notice.createdAt, null, deps.random), outcome.reason));
    }
  }
}

async function giveUp(deps: SendNoticeDeps, step: StartedStep, notice: StoredNotice, reason: string): Promise<void> {
  await deps.notices.settle(notice.id, { kind: 'failed', reason }, ending(step, null, null));
  deps.onMail?.('failed');
  deps.log.warn(
    { account: notice.account, noticeId: notice.id, notice: notice.facts.kind, reason },
    'a mail was given up',
  );
}

function inputOf(deps: SendNoticeDeps, notice: StoredNotice): NoticeInput<NoticeFacts> {
  const catalog = deps.catalogs.find(notice.catalog);
  if (catalog === undefined) throw new Error(`the catalog "${notice.catalog}" is not loaded here`);
  return {
    facts: notice.facts,
    accountName: notice.accountName,
    words: noticeWords(catalog, notice.slug),
    zone: notice.zone,
    publicUrl: deps.publicUrl,
    messageIdDomain: deps.messageIdDomain,
    noticeId: notice.id,
    createdAt: notice.createdAt,
  };
}

const ending = (step: StartedStep, next: Instant | null, note: string | null): Ending => ({
  accountNo: step.accountNo,
  id: step.id,
  heldUntil: step.heldUntil,
  asks: step.asks,
  next,
  note,
});
