/** The demo's own secret for people's sessions, kept in its state folder so that a restart ends nobody's session. */
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const BYTES = 32;

export function sessionSecretIn(folder: string): string {
  const file = path.join(folder, 'session-secret');
  if (!existsSync(file)) writeFileSync(file, randomBytes(BYTES).toString('base64url'), { mode: 0o600 });
  return readFileSync(file, 'utf8').trim();
}
