/** Where events are sent. The secret that deliveries are signed with is shown once, in the answer that makes the endpoint. */
import { metadataAfter } from './args.js';
import { LIST_SPEC, listJson } from './lists.js';
import { badParameter, type JsonObject, missing } from './problem.js';
import { newId, type StoredEndpoint } from './state.js';
import { epochSeconds, type Operation, type Run, SPOKEN_VERSION, type World } from './world.js';

const CHANGEABLE = { url: 'text', enabled_events: 'list', description: 'text', metadata: 'group' } as const;
export const ENDPOINT_SPEC = { ...CHANGEABLE, api_version: 'text' } as const;
export const ENDPOINT_CHANGE_SPEC = { ...CHANGEABLE, disabled: 'flag' } as const;
export const ENDPOINT_LIST_SPEC = LIST_SPEC;

const MOST_ENDPOINTS = 16;

const endpointJson = (one: StoredEndpoint): JsonObject => ({
  id: one.id,
  object: 'webhook_endpoint',
  api_version: SPOKEN_VERSION,
  application: null,
  created: one.created,
  description: one.description,
  enabled_events: [...one.enabledEvents],
  livemode: false,
  metadata: { ...one.metadata },
  status: one.disabled ? 'disabled' : 'enabled',
  url: one.url,
});

function checkUrl(url: string): string {
  const protocol = URL.canParse(url) ? new URL(url).protocol : '';
  if (protocol === 'http:' || protocol === 'https:') return url;
  throw badParameter('url', 'url_invalid', 'Invalid URL: an explicit scheme (such as https) must be provided.');
}

function checkTypes(types: readonly string[]): readonly string[] {
  if (types.length === 0)
    throw badParameter('enabled_events', 'parameter_missing', 'Missing required param: enabled_events.');
  const wrong = types.find((one) => one !== '*' && !/^[a-z_0-9]+(\.[a-z_0-9]+)+$/.test(one));
  if (wrong === undefined) return types;
  throw badParameter('enabled_events', 'parameter_invalid', `Invalid enabled_events: ${wrong.slice(0, 100)}.`);
}

function endpointOf({ world, path }: Operation): StoredEndpoint {
  const id = path[0] ?? '';
  const found = world.state.endpoints.find((one) => one.id === id);
  if (found === undefined) throw missing('webhook endpoint', id, 'webhook_endpoint');
  return found;
}

/** The endpoint that is given at the start stands beside those that are made by requests, and ends with its being given. */
const GIVEN = 'we_given_at_the_start';

export function giveEndpoint(world: World, given: { readonly url: string; readonly secret: string } | undefined): void {
  const { endpoints } = world.state;
  const former = endpoints.findIndex((one) => one.id === GIVEN);
  if (former >= 0) endpoints.splice(former, 1);
  if (given === undefined) return;
  endpoints.push({
    id: GIVEN,
    created: epochSeconds(world),
    secret: given.secret,
    url: given.url,
    enabledEvents: ['*'],
    description: null,
    metadata: {},
    disabled: false,
  });
}

export const createEndpoint: Run = ({ world, args }) => {
  const version = args.text('api_version');
  if (version && version !== SPOKEN_VERSION) {
    throw badParameter('api_version', 'parameter_invalid', `The double speaks ${SPOKEN_VERSION} only.`);
  }
  const url = checkUrl(args.required('url'));
  const enabledEvents = checkTypes(args.list('enabled_events'));
  const metadata = metadataAfter({}, args.group('metadata'));
  if (world.state.endpoints.length >= MOST_ENDPOINTS) {
    const message = `You have reached the maximum of ${MOST_ENDPOINTS} test webhook endpoints.`;
    throw badParameter('url', 'resource_already_exists', message);
  }
  const endpoint: StoredEndpoint = {
    id: newId('we_'),
    created: epochSeconds(world),
    secret: newId('whsec_', 32),
    url,
    enabledEvents,
    description: args.text('description') ?? null,
    metadata,
    disabled: false,
  };
  world.state.endpoints.push(endpoint);
  return { ...endpointJson(endpoint), secret: endpoint.secret };
};

export const updateEndpoint: Run = (operation) => {
  const { args } = operation;
  const endpoint = endpointOf(operation);
  const url = args.text('url');
  const types = args.list('enabled_events');
  const metadata = metadataAfter(endpoint.metadata, args.group('metadata'));
  if (url !== undefined) endpoint.url = checkUrl(url ?? '');
  if (types.length > 0) endpoint.enabledEvents = checkTypes(types);
  const [description, disabled] = [args.text('description'), args.flag('disabled')];
  if (description !== undefined) endpoint.description = description;
  if (disabled !== undefined) endpoint.disabled = disabled;
  endpoint.metadata = metadata;
  return endpointJson(endpoint);
};

export const retrieveEndpoint: Run = (operation) => endpointJson(endpointOf(operation));

export const deleteEndpoint: Run = (operation) => {
  const endpoint = endpointOf(operation);
  const { endpoints } = operation.world.state;
  endpoints.splice(endpoints.indexOf(endpoint), 1);
  return { id: endpoint.id, object: 'webhook_endpoint', deleted: true };
};

export const listEndpoints: Run = ({ world, args }) =>
  listJson(world, args, {
    url: '/v1/webhook_endpoints',
    object: 'webhook_endpoint',
    items: world.state.endpoints,
    write: endpointJson,
  });
