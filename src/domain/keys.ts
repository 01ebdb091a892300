/**
 * Hashes of keys and of contents. The ledger keeps 128 bits of SHA-256, not the text: sixteen bytes in the index instead
 * of up to two hundred, which is a quarter of the posting's speed; a chance collision needs 2^64 keys of one account.
 */
import { hash } from 'node:crypto';
import { type ContentHash, contentHashOf, type KeyHash, keyHashOf } from './ids.js';

function uuidOf(text: string): string {
  const hex = hash('sha256', text, 'hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}

/** A key somebody outside gave: a usage event's, a grant's, a reversal's. One space for all of them. */
export function producerKey(key: string): KeyHash {
  const known = remembered.get(key);
  if (known !== undefined) return known;
  const made = keyHashOf(uuidOf(`p\0${key}`));
  if (remembered.size >= REMEMBERED_KEYS) remembered.clear();
  remembered.set(key, made);
  return made;
}

/** A batch asks for each of its keys at least twice: to look for it, and to decide. */
const remembered = new Map<string, KeyHash>();
const REMEMBERED_KEYS = 4_096;

/** A key the engine gives its own bookkeeping ("lapse:<lot>"), which no producer's key can equal. */
export const engineKey = (key: string): KeyHash => keyHashOf(uuidOf(`e\0${key}`));

/** Order of properties never matters, absent fields are absent, numbers are as JSON writes them. */
export const contentHash = (content: unknown): ContentHash => contentHashOf(uuidOf(canonical(content)));

function canonical(value: unknown): string {
  if (typeof value === 'bigint') return `${value}n`;
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value).filter(([, field]) => field !== undefined);
    fields.sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${canonical(field)}`).join(',')}}`;
  }
  return JSON.stringify(value) ?? 'null';
}
