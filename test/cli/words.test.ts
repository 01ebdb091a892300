/** What the command line says before it has opened anything: all of it at once, in words, and never a secret. */
import { describe, expect, test } from 'vitest';
import { BIN, runCreditd } from '../support/creditd.js';

/** A sentence for a person, without the trace of a program. */
const expectPlain = (said: string): void => {
  expect(said).not.toMatch(/^\s+at .+:\d+/m);
  expect(said).not.toContain('node_modules');
};

describe.concurrent('creditd', () => {
  test('--help names every verb, and so does no verb at all', async ({ expect }) => {
    const [help, nothing] = await Promise.all([runCreditd(['--help'], {}, BIN), runCreditd([])]);
    expect(help.code).toBe(0);
    for (const verb of ['dev', 'worker', 'api', 'migrate', 'account create', 'replay', 'catalog', 'periods']) {
      expect(help.said).toContain(`creditd ${verb}`);
    }
    expect(nothing.said).toBe(help.said);
  });

  test('an unknown verb is an error that shows the known ones', async ({ expect }) => {
    const { code, said } = await runCreditd(['wrok']);
    expect(code).toBe(2);
    expect(said).toContain('creditd has no verb "wrok"');
    expect(said).toContain('creditd worker');
  });

  test.each([
    ['worker', ['DATABASE_URL', 'STRIPE_SECRET_KEY', 'SMTP_URL', 'CATALOG']],
    ['api', ['DATABASE_URL', 'STRIPE_SECRET_KEY', 'OPERATOR_PASSWORD', 'CATALOG']],
    ['migrate', ['DATABASE_URL']],
    ['replay', ['DATABASE_URL', 'CATALOG']],
  ])('%s without settings names every one that it needs, and starts nothing', async (verb, names) => {
    const { code, said } = await runCreditd([verb]);
    expect(code).toBe(1);
    expect(said.match(/^ {2}- [A-Z_]+/gm)?.map((line) => line.slice(4))).toEqual(names);
    expectPlain(said);
  });

  test('everything that is wrong with the settings is said at once, what is missing too, and no setting is shown', async () => {
    const { code, said } = await runCreditd(['worker'], {
      DATABASE_URL: 'postgresql://billing:hushhush@db.example.com:port/creditd',
      REDIS_URL: 'http://:hushhush@redis.example.com',
      STRIPE_SECRET_KEY: 'sk-live-hushhush',
      SMTP_URL: 'smtp://billing:hushhush@mail.example.com/path',
      MAIL_FROM: 'hushhush',
      PORT: '99999',
      LOG_LEVEL: 'hushhush',
    });
    expect(code).toBe(1);
    for (const name of [
      'DATABASE_URL',
      'REDIS_URL',
      'STRIPE_SECRET_KEY',
      'SMTP URL',
      'MAIL_FROM',
      'PORT',
      'LOG_LEVEL',
    ]) {
      expect(said).toContain(name);
    }
    expect(said).toContain('CATALOG is not set');
    expect(said).not.toContain('DATABASE_URL is not set');
    expect(said).not.toContain('STRIPE_SECRET_KEY is not set');
    expect(said).not.toContain('hushhush');
    expectPlain(said);
  });

  test('a live key is never aimed at an address in clear text', async () => {
    const { code, said } = await runCreditd(['worker'], {
      STRIPE_SECRET_KEY: 'sk_live_hushhush',
      STRIPE_API_BASE: 'http://stripe.example.com',
    });
    expect(code).toBe(1);
    expect(said).toContain('A live Stripe key is never sent over plain http');
    expect(said).not.toContain('hushhush');
  });

  test('a catalog that cannot be used is refused with its problems', async () => {
    const { code, said } = await runCreditd(['worker'], { CATALOG: 'no-such-catalog' });
    expect(code).toBe(1);
    expect(said).toContain('There is no catalog file "no-such-catalog"');
    expect(said).toContain('DATABASE_URL is not set');
  });

  test.each([['migrate'], ['worker'], ['replay']])('%s without its Postgres says so in a sentence', async (verb) => {
    const { code, said } = await runCreditd([verb], {
      DATABASE_URL: 'postgresql://billing:hushhush@127.0.0.1:1/creditd',
      STRIPE_SECRET_KEY: 'sk_test_hushhush',
      SMTP_URL: 'smtp://127.0.0.1:1',
      CATALOG: 'receptionist',
    });
    expect(code).toBe(1);
    expect(said).toMatch(
      /^The database could not be opened \(.*\)\. Check DATABASE_URL, and that Postgres is running\.$/m,
    );
    expect(said).not.toContain('hushhush');
    expectPlain(said);
  });

  test('dev says what it is instead of starting, where it is asked for help', async () => {
    const { code, said } = await runCreditd(['dev', '--help']);
    expect([code, said]).toEqual([0, expect.stringContaining('Usage: creditd dev')]);
  });

  test('account create shows its usage where it is not told whom to open', async () => {
    const { code, said } = await runCreditd(['account', 'create']);
    expect(code).toBe(2);
    expect(said).toContain('Usage: creditd account create ID');
  });

  test('an unknown option is said in a sentence', async () => {
    const { code, said } = await runCreditd(['replay', '--everything']);
    expect(code).toBe(1);
    expect(said).toContain("'--everything'");
    expectPlain(said);
  });
});
