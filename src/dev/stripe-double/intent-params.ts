/** The parameters that PaymentIntents and SetupIntents share. */
import type { Args } from './args.js';
import { oneOf } from './nested.js';
import { badParameter } from './problem.js';

export interface CardTypes {
  readonly allowedTypes: readonly string[] | null;
  readonly automatic: { readonly allowRedirects: 'always' | 'never' } | null;
}

/** Which kinds of payment methods may pay. The double has cards only. */
export function cardTypesOf(args: Args): CardTypes {
  const automatic = args.group('automatic_payment_methods');
  const allowed = args.list('allowed_payment_method_types');
  if (args.list('payment_method_types').length > 0) {
    const message =
      'payment_method_types is no longer supported: use allowed_payment_method_types or automatic_payment_methods.';
    throw badParameter('payment_method_types', 'payment_method_types_no_longer_supported', message);
  }
  if (automatic && allowed.length > 0) {
    const message = 'allowed_payment_method_types and automatic_payment_methods exclude each other.';
    throw badParameter('allowed_payment_method_types', 'parameter_invalid', message);
  }
  if (allowed.some((type) => type !== 'card')) {
    throw badParameter('allowed_payment_method_types', 'parameter_invalid', 'The double takes cards only.');
  }
  if (automatic && automatic.enabled !== 'true') return { allowedTypes: null, automatic: null };
  const allowRedirects = automatic?.allow_redirects === 'never' ? 'never' : 'always';
  return allowed.length > 0
    ? { allowedTypes: allowed, automatic: null }
    : { allowedTypes: null, automatic: { allowRedirects } };
}

/** Null where it was not given: the owner then comes back by the script that asked them. */
export function returnUrlOf(args: Args): string | null {
  const url = args.text('return_url');
  if (!url) return null;
  if (URL.canParse(url)) return url;
  throw badParameter('return_url', 'url_invalid', 'Not a valid URL.');
}

/** Undefined where it was not asked for, null where it is unset. */
export const futureUsageOf = (args: Args): 'off_session' | 'on_session' | null | undefined =>
  args.text('setup_future_usage') === null ? null : oneOf(args, 'setup_future_usage', ['off_session', 'on_session']);
