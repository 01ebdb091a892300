/** Failures as banners: what happened, what it means, and what an owner can do. Never the processor's own words. */
import type { z } from 'zod';
import type { Catalog } from '../../domain/catalog.js';
import type { Charge } from '../../domain/charge.js';
import { chargeId } from '../../domain/ids.js';
import { bannerOf } from '../../domain/incident.js';
import type { IncidentRecord } from '../../ports.js';
import type { incidentOut } from './overview-shape.js';
import { instantOrNothing, shownInstant, shownMinor } from './shapes.js';

/** `charges`: those of the account that a decision sees; what is long over is not among them. */
export function incidentView(
  one: IncidentRecord,
  catalog: Catalog,
  slug: string,
  charges: readonly Charge[],
): z.input<typeof incidentOut> {
  const charge = one.charge === null ? null : chargeId(one.charge);
  const owesOverage = charges.some(
    ({ kind, state, failure }) => kind === 'overage' && state === 'failed' && failure === 'no_payment_method',
  );
  const banner = bannerOf({ ...one, chargeId: charge }, catalog, slug, owesOverage);
  const { act: code, label, url } = banner.action;
  return {
    payment: unpaidView(charges.find(({ id }) => id === one.charge)),
    ...{ id: one.id, kind: one.kind, charge: one.charge, title: banner.title, toDo: banner.toDo },
    meaning: `${banner.meaning} ${banner.consequence}`.trim(),
    openedAt: shownInstant(one.openedAt),
    resolvedAt: instantOrNothing(one.resolvedAt),
    dismissed: one.dismissedAt !== null,
    action: one.resolvedAt === null ? { code, label, url } : null,
    support: banner.support,
  };
}

/** Null where it is paid, or was canceled. */
export const unpaidView = (charge: Charge | undefined): z.input<typeof incidentOut>['payment'] =>
  charge === undefined || charge.state === 'succeeded' || charge.state === 'canceled'
    ? null
    : {
        ...{ id: charge.id, kind: charge.kind, state: charge.state, currency: charge.currency },
        amountMinor: shownMinor(charge.amountMinor),
      };
