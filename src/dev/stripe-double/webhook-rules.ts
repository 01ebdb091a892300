/** What a test or a person wants to go wrong with deliveries: held back, lost or sent twice, by type of event. */
import { typeFilter } from './events.js';

/** Types may end in a star; none at all is every type. `times` counts deliveries and is 1 unless said. */
export interface DeliveryRule {
  readonly types?: readonly string[];
  readonly times?: number;
}

interface Rule {
  readonly kind: 'drop' | 'duplicate';
  readonly fits: (type: string) => boolean;
  left: number;
}

export interface DeliveryRules {
  add(kind: Rule['kind'], rule: DeliveryRule): void;
  /** How many copies of the next delivery of this type are sent: none, one or two. */
  copies(type: string): 0 | 1 | 2;
  /** Null ends the holding back. */
  hold(types: readonly string[] | null): void;
  holds(type: string): boolean;
  clear(): void;
}

export function makeDeliveryRules(): DeliveryRules {
  let rules: Rule[] = [];
  let held: ((type: string) => boolean) | null = null;
  const use = (kind: Rule['kind'], type: string): boolean => {
    const rule = rules.find((one) => one.kind === kind && one.fits(type));
    if (rule === undefined) return false;
    rule.left -= 1;
    rules = rules.filter((one) => one.left > 0);
    return true;
  };
  return {
    add: (kind, { types = [], times = 1 }) => {
      rules.push({ kind, fits: typeFilter(types), left: times });
    },
    copies: (type) => (use('drop', type) ? 0 : use('duplicate', type) ? 2 : 1),
    hold: (types) => {
      held = types === null ? null : typeFilter(types);
    },
    holds: (type) => held?.(type) === true,
    clear: () => {
      rules = [];
      held = null;
    },
  };
}
