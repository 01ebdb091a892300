/**
 * Prisma's own schema engine, in WebAssembly: the semantics of `prisma migrate deploy` with nothing to download and no second
 * process. Refused: the engine binary, which must be fetched from the network at installation.
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { PrismaPg } from '@prisma/adapter-pg';
import {
  bindMigrationAwareSqlAdapterFactory,
  type SqlMigrationAwareDriverAdapterFactory,
} from '@prisma/driver-adapter-utils';
import type { SchemaEngine } from '@prisma/schema-engine-wasm';
import * as bindings from '@prisma/schema-engine-wasm/schema_engine_bg';
import pg from 'pg';

export type Connection = Awaited<ReturnType<PrismaPg['connect']>>;

/** The runtime has it; the compiler's library for Node does not say so. */
declare const WebAssembly: {
  instantiate(
    bytes: Uint8Array,
    imports: Readonly<Record<string, object>>,
  ): Promise<{ readonly instance: { readonly exports: Readonly<Record<string, unknown>> } }>;
};

/** The engine's panics arrive here: without it one would be a TypeError in nobody's hands and a promise that never ends. */
let onPanic: (message: string) => void = () => undefined;
let loading: Promise<void> | undefined;

/** The package's own entry imports its .wasm as a module, which Node does not do without a flag. */
function loadOnce(): Promise<void> {
  loading ??= (async () => {
    const registry = { set_message: (message: string) => onPanic(message) };
    Object.assign(globalThis, { PRISMA_WASM_PANIC_REGISTRY: registry });
    const file = createRequire(import.meta.url)
      .resolve('@prisma/schema-engine-wasm')
      .replace(/schema_engine\.js$/, 'schema_engine_bg.wasm');
    const imports = { './schema_engine_bg.js': withPassingTimers() };
    const { instance } = await WebAssembly.instantiate(await readFile(file), imports);
    bindings.__wbg_set_wasm(instance.exports);
    const { __wbindgen_start: start } = instance.exports;
    if (typeof start === 'function') start();
  })();
  return loading;
}

/** The engine leaves the timer of its lock running for ten seconds after the work: it must not keep a process from ending. */
function withPassingTimers(): Record<string, unknown> {
  const entries = Object.entries(bindings as Record<string, unknown>).map(([name, binding]) => {
    if (!name.startsWith('__wbg_setTimeout') || typeof binding !== 'function') return [name, binding];
    return [name, (...args: readonly unknown[]) => (binding(...args) as NodeJS.Timeout).unref()];
  });
  return Object.fromEntries(entries);
}

/** Runs one piece of work with an engine that reaches databases through the factory. */
export async function withSchemaEngine<T>(
  factory: SqlMigrationAwareDriverAdapterFactory,
  work: (engine: SchemaEngine) => Promise<T>,
): Promise<T> {
  await loadOnce();
  const panicked = new Promise<never>((_, reject) => {
    onPanic = (message) => reject(new Error(`Prisma's schema engine broke: ${message}`));
  });
  const bound = bindMigrationAwareSqlAdapterFactory(factory);
  const engine = await bindings.SchemaEngine.new({ datamodels: undefined }, () => undefined, bound);
  return Promise.race([work(engine), panicked]);
}

/** One connection to one database, for the length of the work. */
export async function withPool<T>(databaseUrl: string, work: (pool: pg.Pool) => Promise<T>): Promise<T> {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 1 });
  // A connection that the server closes shows itself in the query at hand; unheard, the event would end the process.
  pool.on('error', () => undefined);
  try {
    return await work(pool);
  } finally {
    await pool.end();
  }
}

/**
 * The adapter cuts a script at every semicolon, also inside a function's body. Sent as one simple query it is read by the
 * server itself, and it is one transaction: a migration is applied whole or not at all.
 */
export async function connectionOf(pool: pg.Pool): Promise<Connection> {
  const connection = await new PrismaPg(pool).connect();
  connection.executeScript = async (script) => {
    await connection.executeRaw({ sql: script, args: [], argTypes: [] });
  };
  return connection;
}

/** For work on one database that asks for no second one. */
export const onlyDatabase = (pool: pg.Pool): SqlMigrationAwareDriverAdapterFactory => ({
  provider: 'postgres',
  adapterName: '@prisma/adapter-pg',
  connect: () => connectionOf(pool),
  connectToShadowDb: () => Promise.reject(new Error('this work needs no second database')),
});
