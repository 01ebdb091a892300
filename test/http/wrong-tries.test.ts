import { describe, expect, it } from 'vitest';
import { makeWrongTries, WRONG_TRIES_MAX } from '../../src/http/wrong-tries.js';

describe('wrong tries', () => {
  it('stop one address for what is left of its minute, and no other', () => {
    let now = 0;
    const tries = makeWrongTries(() => now);
    for (let count = 1; count < WRONG_TRIES_MAX; count += 1) tries.count('a');
    expect(tries.waitMs('a')).toBe(0);
    now = 15_000;
    tries.count('a');
    expect(tries.waitMs('a')).toBe(45_000);
    expect(tries.waitMs('b')).toBe(0);
    now = 60_000;
    expect(tries.waitMs('a')).toBe(0);
    tries.count('a');
    expect(tries.waitMs('a')).toBe(0);
  });

  it('cannot be made to fill memory: the address that came first is forgotten first', () => {
    const tries = makeWrongTries(() => 0);
    for (let count = 0; count < WRONG_TRIES_MAX; count += 1) tries.count('first');
    for (let other = 0; other < 9_999; other += 1) tries.count(`other ${other}`);
    expect(tries.waitMs('first')).toBeGreaterThan(0);
    tries.count('one more');
    expect(tries.waitMs('first')).toBe(0);
  });
});
