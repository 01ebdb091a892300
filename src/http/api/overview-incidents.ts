/** Failures as banners: what happened, what it means, and what an owner can do. Never the processor's own words. */
import type { z } from 'zod';
import type { Catalog } from '../../domain/catalog.js';
import { chargeId } from '../../domain/ids.js';
import { bannerOf } from '../../domain/incident.js';
import type { IncidentRecord } from '../../ports.js';
import type { incidentOut } from './overview-shape.js';
import { instantOrNothing, shownInstant } from './shapes.js';

export function incidentView(one: IncidentRecord, catalog: Catalog, slug: string): z.input<typeof incidentOut> {
  const charge = one.charge === null ? null : chargeId(one.charge);
  const banner = bannerOf({ ...one, chargeId: charge }, catalog, slug);
  const { act: code, label, url } = banner.action;
  return {
    ...{ id: one.id, kind: one.kind, charge: one.charge, title: banner.title, toDo: banner.toDo },
    meaning: `${banner.meaning} ${banner.consequence}`.trim(),
    openedAt: shownInstant(one.openedAt),
    resolvedAt: instantOrNothing(one.resolvedAt),
    dismissed: one.dismissedAt !== null,
    action: one.resolvedAt === null ? { code, label, url } : null,
    support: banner.support,
  };
}
