#!/usr/bin/env node
/**
 * `creditd …`: in a clone it first makes sure that dependencies are installed and dist/ is current; in a published
 * package dist/ is there and nothing else happens before the verbs.
 */
import { existsSync } from 'node:fs';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`creditd needs Node 20.19 or newer; this is ${process.versions.node}.`);
  process.exit(1);
}

if (existsSync(new URL('../src/main.ts', import.meta.url))) {
  const { makeReady } = await import('../scripts/ready.mjs');
  if (!(await makeReady())) process.exit(1);
}

// A terminal's Ctrl-C reaches every process of the group, and npm then hands the same signal on to its child. The echo
// is dropped here: a second signal means "at once" to whoever listens, and nobody has asked for that.
const ECHO_MS = 500;
const last = new Map();
const emit = process.emit;
process.emit = function emitOnce(name, ...rest) {
  if (name === 'SIGINT' || name === 'SIGTERM') {
    const echo = performance.now() - (last.get(name) ?? Number.NEGATIVE_INFINITY) < ECHO_MS;
    last.set(name, performance.now());
    if (echo) return true;
  }
  return emit.call(this, name, ...rest);
};

await import('../dist/src/main.js');
