/** Where the mail sink keeps what it received: in memory, and with a folder also as .eml files that a restart finds again. */
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import PostalMime, { type Address } from 'postal-mime';

export interface SunkMail {
  /** Sorts by arrival, and is safe in a URL and a file name. */
  readonly id: string;
  readonly receivedAt: Date;
  /** Without angle brackets; null where the mail has none. */
  readonly messageId: string | null;
  readonly from: string;
  /** Whom the mail was delivered to, as the envelope said; its To header may say otherwise. */
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string | null;
  /** The mail as it came, under the lines that delivery added. */
  readonly raw: Buffer;
}

export interface Mailbox {
  /** Resolves when the mail is kept: only then may the sender be told that it is. */
  add(raw: Buffer, recipients: readonly string[]): Promise<SunkMail>;
  /** Newest first. */
  list(): readonly SunkMail[];
  find(id: string): SunkMail | undefined;
}

export interface MailboxOptions {
  readonly folder?: string;
  /** How many of the newest are kept. */
  readonly keep: number;
}

const SUFFIX = '.eml';

function nameOf(address: Address | undefined): string {
  if (address === undefined) return '(nobody)';
  if (address.address === undefined) return address.name;
  return address.name === '' ? address.address : `${address.name} <${address.address}>`;
}

/** A mail that cannot be parsed is still shown, by its source: what was received must never vanish from the inbox. */
async function read(id: string, raw: Buffer, receivedAt: Date): Promise<SunkMail> {
  try {
    const mail = await PostalMime.parse(raw);
    return {
      id,
      receivedAt,
      messageId: mail.messageId?.replace(/^<|>$/g, '') ?? null,
      from: nameOf(mail.from),
      to: mail.headers.filter(({ key }) => key === 'delivered-to').map(({ value }) => value),
      subject: mail.subject ?? '(no subject)',
      text: mail.text ?? '',
      html: mail.html ?? null,
      raw,
    };
  } catch {
    const subject = '(a mail that cannot be read: see its source)';
    return { id, receivedAt, messageId: null, from: '(unknown)', to: [], subject, text: '', html: null, raw };
  }
}

/** Written beside and renamed, so that a sink killed in the middle leaves no half mail behind. */
function store(folder: string, id: string, raw: Buffer): void {
  const path = join(folder, id + SUFFIX);
  writeFileSync(`${path}.part`, raw);
  renameSync(`${path}.part`, path);
}

async function load(folder: string): Promise<SunkMail[]> {
  mkdirSync(folder, { recursive: true });
  const names = readdirSync(folder).filter((name) => /^\d{13}-\d{4}\.eml$/.test(name));
  const mails = names.sort().map((name) => {
    const path = join(folder, name);
    return read(name.slice(0, -SUFFIX.length), readFileSync(path), statSync(path).mtime);
  });
  return Promise.all(mails);
}

export async function openMailbox({ folder, keep }: MailboxOptions): Promise<Mailbox> {
  const mails: SunkMail[] = folder === undefined ? [] : await load(folder);
  let serial = 0;

  function forget(): void {
    for (const old of mails.splice(0, Math.max(0, mails.length - keep))) {
      if (folder !== undefined) rmSync(join(folder, old.id + SUFFIX), { force: true });
    }
  }
  forget();

  return {
    async add(raw, recipients) {
      const delivered = recipients.map((address) => `Delivered-To: ${address}\r\n`).join('');
      const whole = Buffer.concat([Buffer.from(delivered), raw]);
      const receivedAt = new Date();
      serial = (serial + 1) % 10_000;
      const id = `${receivedAt.getTime()}-${serial.toString().padStart(4, '0')}`;
      if (folder !== undefined) store(folder, id, whole);
      const mail = await read(id, whole, receivedAt);
      mails.push(mail);
      forget();
      return mail;
    },
    list: () => [...mails].reverse(),
    find: (id) => mails.find((mail) => mail.id === id),
  };
}
