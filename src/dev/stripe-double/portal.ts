/** The billing portal: what it offers, and the sessions whose address lets one customer in. */
import { metadataAfter } from './args.js';
import type { StoredPortal, StoredPortalConfiguration } from './billing-state.js';
import { customerOf } from './customers.js';
import { portalPath } from './hosted-portal.js';
import { LIST_SPEC, listJson } from './lists.js';
import { nested } from './nested.js';
import { badParameter, type JsonObject, missing } from './problem.js';
import { newId } from './state.js';
import { epochSeconds, type Run, type World } from './world.js';

export const PORTAL_SPEC = {
  customer: 'text',
  configuration: 'text',
  return_url: 'text',
  locale: 'text',
  expand: 'list',
} as const;
export const CONFIGURATION_SPEC = {
  features: 'tree',
  business_profile: 'tree',
  default_return_url: 'text',
  name: 'text',
  metadata: 'group',
  expand: 'list',
} as const;
export const CONFIGURATION_LIST_SPEC = { ...LIST_SPEC, active: 'flag', is_default: 'flag' } as const;

const FEATURES = {
  customer_update: 'tree',
  invoice_history: 'tree',
  payment_method_update: 'tree',
  subscription_cancel: 'tree',
  subscription_update: 'tree',
} as const;
const CANCEL = { enabled: 'flag', mode: 'text', proration_behavior: 'text', cancellation_reason: 'tree' } as const;

const configurationJson = (one: StoredPortalConfiguration): JsonObject => ({
  id: one.id,
  object: 'billing_portal.configuration',
  active: true,
  application: null,
  business_profile: { headline: one.headline, privacy_policy_url: null, terms_of_service_url: null },
  created: one.created,
  default_return_url: one.returnUrl,
  features: {
    customer_update: { allowed_updates: [], enabled: false },
    invoice_history: { enabled: true },
    payment_method_update: { enabled: true, payment_method_configuration: null },
    subscription_cancel: {
      cancellation_reason: { enabled: false, options: [] },
      enabled: one.cancels,
      mode: 'at_period_end',
      proration_behavior: 'none',
    },
    subscription_update: {
      billing_cycle_anchor: null,
      default_allowed_updates: [],
      enabled: false,
      proration_behavior: 'none',
      schedule_at_period_end: { conditions: [] },
      trial_update_behavior: 'end_trial',
    },
  },
  is_default: one.isDefault,
  livemode: false,
  login_page: { enabled: false, url: null },
  metadata: one.metadata,
  name: one.name,
  updated: one.created,
});

function makeConfiguration(
  world: World,
  wish: Omit<StoredPortalConfiguration, 'id' | 'created'>,
): StoredPortalConfiguration {
  const made = { id: newId('bpc_'), created: epochSeconds(world), ...wish };
  world.state.portalConfigurations.push(made);
  return made;
}

function configurationOf(world: World, id: string, status = 404): StoredPortalConfiguration {
  const found = world.state.portalConfigurations.find((one) => one.id === id);
  if (found === undefined) throw missing('configuration', id, 'configuration', status);
  return found;
}

const defaultConfiguration = (world: World): StoredPortalConfiguration =>
  world.state.portalConfigurations.find((one) => one.isDefault) ??
  makeConfiguration(world, {
    isDefault: true,
    returnUrl: null,
    headline: null,
    name: null,
    cancels: true,
    metadata: {},
  });

export const createConfiguration: Run = ({ world, args }) => {
  const features = nested(args, 'features', FEATURES);
  if (features === undefined) throw badParameter('features', 'parameter_missing', 'Missing required param: features.');
  const profile = nested(args, 'business_profile', {
    headline: 'text',
    privacy_policy_url: 'text',
    terms_of_service_url: 'text',
  });
  return configurationJson(
    makeConfiguration(world, {
      isDefault: false,
      returnUrl: args.text('default_return_url') ?? null,
      headline: profile?.text('headline') ?? null,
      name: args.text('name') ?? null,
      cancels: nested(features, 'subscription_cancel', CANCEL)?.flag('enabled') === true,
      metadata: metadataAfter({}, args.group('metadata')),
    }),
  );
};

export const retrieveConfiguration: Run = ({ world, path }) => configurationJson(configurationOf(world, path[0] ?? ''));

export const listConfigurations: Run = ({ world, args }) => {
  const isDefault = args.flag('is_default');
  const inactive = args.flag('active') === false;
  const items = world.state.portalConfigurations.filter(
    (one) => !inactive && (isDefault === undefined || one.isDefault === isDefault),
  );
  const url = '/v1/billing_portal/configurations';
  return listJson(world, args, { url, object: 'billing_portal.configuration', items, write: configurationJson });
};

export const createPortal: Run = ({ world, args }) => {
  const customer = customerOf(world, args.required('customer'), 'customer', 400);
  const asked = args.text('configuration');
  const configuration = asked ? configurationOf(world, asked, 400) : defaultConfiguration(world);
  const returnUrl = args.text('return_url') ?? configuration.returnUrl;
  if (returnUrl !== null && !/^https?:\/\//i.test(returnUrl)) {
    throw badParameter('return_url', 'url_invalid', 'Not a valid URL: return_url must begin with http:// or https://.');
  }
  const portal: StoredPortal = {
    id: newId('bps_'),
    created: epochSeconds(world),
    secret: newId('test_', 40),
    customer: customer.id,
    configuration: configuration.id,
    returnUrl,
    locale: args.text('locale') ?? null,
  };
  world.state.portals.push(portal);
  return {
    id: portal.id,
    object: 'billing_portal.session',
    configuration: portal.configuration,
    created: portal.created,
    customer: portal.customer,
    customer_account: null,
    flow: null,
    livemode: false,
    locale: portal.locale as JsonObject[string],
    on_behalf_of: null,
    return_url: portal.returnUrl,
    url: `${world.baseUrl()}${portalPath(portal)}`,
  };
};
