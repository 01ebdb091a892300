/** `creditd endpoint`: where a product's events are sent. */
import { parseArgs } from 'node:util';
import { makeEndpoints } from '../adapters/postgres/endpoints.js';
import { isoOf } from '../domain/instant.js';
import { endpointUrlProblem } from '../messages/endpoint-url.js';
import { EVENT_TYPES } from '../messages/events.js';
import type { EventEndpointView } from '../ports.js';
import { jsonOf, type Out, operatorName, withStore } from './operator.js';
import { listed, Plain } from './setting-up.js';

export const ENDPOINT_USAGE = `Usage: creditd endpoint add URL [--catalog KEY] [--type TYPE]…
       creditd endpoint list [--catalog KEY]
       creditd endpoint rotate ID [--grace-hours N]
       creditd endpoint remove ID

Events of a catalog's accounts are posted to its endpoints, signed as Standard Webhooks say. The secret is shown once.
--type may be said several times; without it every type is sent. A rotated secret signs beside the new one for 24 hours,
or as long as --grace-hours says. Only https, and only public addresses, unless CREDITD_ALLOW_PRIVATE_ENDPOINTS=1.
--json prints objects.
Types: ${EVENT_TYPES.join(', ')}.`;

const OPTIONS = {
  help: { type: 'boolean', short: 'h' },
  catalog: { type: 'string' },
  type: { type: 'string', multiple: true },
  'grace-hours': { type: 'string' },
  json: { type: 'boolean' },
} as const;

type Said = ReturnType<typeof parseArgs<{ options: typeof OPTIONS; allowPositionals: true }>>['values'];

const GRACE_HOURS = 24;
const HOUR_MS = 3_600_000;

export async function endpointCommand(args: string[], out: Out): Promise<number> {
  const { values, positionals } = parseArgs({ args, options: OPTIONS, allowPositionals: true });
  const [verb, what] = positionals;
  if (values.help || verb === undefined || !['add', 'list', 'rotate', 'remove'].includes(verb)) {
    out(ENDPOINT_USAGE);
    return values.help ? 0 : 2;
  }
  return withStore(async ({ store, config }) => {
    const endpoints = makeEndpoints(store.prisma, store.clock, store.newId);
    const asker = { by: operatorName() };
    const tell = ({ endpoint, secret }: { endpoint: EventEndpointView; secret: string }): void => {
      const sentence = `Signs events to ${endpoint.url} (${endpoint.id}). Keep it now: it is not shown again.`;
      out(values.json ? jsonOf({ ...endpoint, secret }) : `${secret}\n${sentence}`);
    };
    switch (verb) {
      case 'add':
        tell(await endpoints.add(wishOf(what, values, store.catalogs.keys(), config.allowPrivateEndpoints), asker));
        return 0;
      case 'list':
        for (const one of await endpoints.list(values.catalog)) out(values.json ? jsonOf(one) : lineOf(one));
        return 0;
      case 'rotate': {
        const made = await endpoints.rotate(idOf(what), hoursOf(values['grace-hours']) * HOUR_MS, asker);
        if (made === null) throw new Plain(`There is no endpoint "${what}". creditd endpoint list shows them.`);
        tell(made);
        return 0;
      }
      default:
        if (!(await endpoints.remove(idOf(what), asker)))
          throw new Plain(`There is no endpoint "${what}". creditd endpoint list shows them.`);
        out(`Removed ${what}. What is being sent at this moment may still arrive.`);
        return 0;
    }
  });
}

function wishOf(text: string | undefined, values: Said, catalogs: readonly string[], allowPrivate: boolean) {
  const problems: string[] = [];
  const { catalog = catalogs[0] ?? '', type: types = [] } = values;
  const wrong = endpointUrlProblem(text ?? '', allowPrivate);
  if (wrong !== null) problems.push(wrong);
  const unknown = types.filter((one) => !(EVENT_TYPES as readonly string[]).includes(one));
  if (unknown.length > 0)
    problems.push(`${unknown.join(', ')}: no type of event. There are: ${EVENT_TYPES.join(', ')}.`);
  if (!catalogs.includes(catalog))
    problems.push(`There is no loaded catalog "${catalog}". Loaded: ${catalogs.join(', ')}.`);
  if (problems.length > 0) throw new Plain(listed('The endpoint cannot be added:', problems));
  return { catalog, url: new URL(text ?? '').href, types };
}

function idOf(id: string | undefined): string {
  if (id !== undefined && /^[0-9a-f-]{36}$/i.test(id)) return id;
  throw new Plain('Say the id of an endpoint, as creditd endpoint list shows it.');
}

function hoursOf(text: string | undefined): number {
  if (text === undefined) return GRACE_HOURS;
  if (/^\d{1,4}$/.test(text)) return Number(text);
  throw new Plain('--grace-hours is a whole number of hours.');
}

function lineOf({
  id,
  catalog,
  url,
  types,
  disabledAt,
  failingSince,
  lastFailure,
  lastDeliveredAt,
}: EventEndpointView): string {
  const wanted = types.length === 0 ? 'every type' : types.join(' ');
  const stands =
    disabledAt !== null
      ? `off since ${isoOf(disabledAt)}`
      : failingSince !== null
        ? `failing since ${isoOf(failingSince)}: ${lastFailure}`
        : lastDeliveredAt === null
          ? 'nothing sent yet'
          : `last taken ${isoOf(lastDeliveredAt)}`;
  return `${id}  ${catalog}  ${url}  [${wanted}]  ${stands}`;
}
