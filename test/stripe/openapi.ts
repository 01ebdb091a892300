/**
 * Holds what was sent to the double, and what it answered, to Stripe's own description. Objects are closed: a property
 * that Stripe does not have is an error as well, because a flow could come to rely on it.
 */
import { readFileSync } from 'node:fs';
import { Ajv, type ErrorObject } from 'ajv';

type Node = { [name: string]: unknown };
interface Operation {
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema: Node }[];
  readonly requestBody?: { readonly content: Record<string, { readonly schema: Node }> };
  readonly responses: Record<string, { readonly content: Record<string, { readonly schema: Node }> }>;
}
interface Description {
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { readonly schemas: Record<string, Node> };
}

export interface Exchange {
  readonly method: string;
  readonly path: string;
  readonly params: unknown;
  readonly status: number;
  readonly body: string;
}

const read = (name: string): unknown => JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8'));
export const description = strict(read('./stripe-openapi.json')) as unknown as Description;

/** Says in JSON Schema what the description says in OpenAPI 3.0: null beside the type, open enums without a list. */
function strict(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(strict);
  if (typeof value !== 'object' || value === null) return value;
  const node: Node = Object.fromEntries(Object.entries(value).map(([name, one]) => [name, strict(one)]));
  if (Array.isArray(node.enum) && (node['x-open-enum'] === true || node.nullable === true)) {
    if (node['x-open-enum'] === true) delete node.enum;
    else node.enum = [...node.enum, null];
  }
  if (typeof node.$ref === 'string') node.$ref = node.$ref.replace('#/', 'stripe#/');
  if (node.type === 'object' && node.properties !== undefined && node['x-reduced'] !== true) {
    node.additionalProperties ??= false;
  }
  if (node.nullable === true) {
    delete node.nullable;
    if (typeof node.type === 'string') node.type = [node.type, 'null'];
    else if (Array.isArray(node.anyOf)) node.anyOf = [...node.anyOf, { type: 'null' }];
  }
  return node;
}

function validator(coerceTypes: boolean): Ajv {
  const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true, coerceTypes });
  ajv.addSchema({ $id: 'stripe', components: description.components });
  return ajv;
}

const answers = validator(false);
/** Forms carry nothing but text, so that "2000" has to count as a number there. */
const requests = validator(true);

export const operationKeys: readonly string[] = Object.entries(description.paths).flatMap(([path, methods]) =>
  Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
);

/** The key of the operation that a request belongs to, or null where the description has none. */
export function operationOf(method: string, path: string): string | null {
  const given = path.split('/');
  const fits = (template: string): boolean => {
    const wanted = template.split('/');
    return wanted.length === given.length && wanted.every((one, at) => one.startsWith('{') || one === given[at]);
  };
  const paths = Object.keys(description.paths).filter(fits);
  const exact = paths.find((one) => one === path) ?? paths[0];
  const known = exact !== undefined && description.paths[exact]?.[method.toLowerCase()] !== undefined;
  return known ? `${method} ${exact}` : null;
}

const worded = (where: string, errors: readonly ErrorObject[] | null | undefined): string[] =>
  (errors ?? []).map((one) => `${where}${one.instancePath} ${one.message} ${JSON.stringify(one.params)}`);

/** Every way in which an exchange differs from the description; empty where it does not. */
export function differences(exchange: Exchange): string[] {
  const key = operationOf(exchange.method, exchange.path);
  if (key === null) return [`${exchange.method} ${exchange.path} is not described`];
  const [method = '', path = ''] = key.split(' ');
  const operation = description.paths[path]?.[method.toLowerCase()];
  if (operation === undefined) return [`${key} is not described`];
  const answer = operation.responses[exchange.status === 200 ? '200' : 'default']?.content['application/json']?.schema;
  const found = [...requestDifferences(key, operation, exchange)];
  if (answer !== undefined && !answers.validate(answer, JSON.parse(exchange.body))) {
    found.push(...worded(`${key} answer ${exchange.status}`, answers.errors));
  }
  return found;
}

/** Types that Stripe sends and the description does not tell the object of. */
const UNTOLD: ReadonlySet<string> = new Set(['radar.early_fraud_warning.created']);

/** Every way in which an event, as it was delivered or listed, differs from the description. */
export function eventDifferences(event: {
  readonly type: string;
  readonly data: { readonly object: unknown };
}): string[] {
  const resources = description.components.schemas.event?.['x-eventObjects'] as Readonly<Record<string, string>>;
  const resource = resources[event.type];
  const found = against('event', event, event.type);
  if (resource === undefined) return UNTOLD.has(event.type) ? found : [...found, `${event.type} is not described`];
  return [...found, ...against(resource, event.data.object, `${event.type} ${resource}`)];
}

function against(schema: string, value: unknown, where: string): string[] {
  const validate = answers.getSchema(`stripe#/components/schemas/${schema}`);
  if (validate === undefined) return [`The description has no ${schema}.`];
  return validate(value) ? [] : worded(where, validate.errors as ErrorObject[]);
}

/** Only of requests that were carried out: that a wrong one is refused is another test's matter. */
function requestDifferences(key: string, operation: Operation, exchange: Exchange): string[] {
  if (exchange.status !== 200 && exchange.status !== 402) return [];
  const query = (operation.parameters ?? []).filter((one) => one.in === 'query');
  const form = operation.requestBody?.content['application/x-www-form-urlencoded']?.schema;
  const schema = form ?? {
    type: 'object',
    properties: Object.fromEntries(query.map((one) => [one.name, one.schema])),
    additionalProperties: false,
  };
  const sent = structuredClone(exchange.params);
  return requests.validate(schema, sent) ? [] : worded(`${key} request`, requests.errors);
}
