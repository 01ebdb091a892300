/** Versions of catalogs: every one that was ever in force is kept, with when another took its place. */
import type { Catalog } from '../../domain/catalog.js';
import { DAY_MS, type Instant, instant, later, MINUTE_MS } from '../../domain/instant.js';
import type { Prisma } from './prisma.js';

interface LoadedText {
  readonly catalog: Catalog;
  readonly text: string;
}

/**
 * Writes down which versions are in force from now on. One that comes back is in force again. A worker of another version
 * that still runs meanwhile knows its own: what it is sent that was quoted by the newer one, it refuses as unknown.
 */
export async function rememberCatalogs(prisma: Prisma, files: readonly LoadedText[], now: Date): Promise<void> {
  if (files.length === 0) return;
  const data = files.map(({ catalog, text }) => ({
    catalog: catalog.key,
    version: catalog.version,
    body: text,
    loadedAt: now,
  }));
  await prisma.catalogVersion.createMany({ data, skipDuplicates: true });
  for (const { catalog, version } of data) {
    await prisma.catalogVersion.updateMany({ where: { catalog, version }, data: { replacedAt: null } });
    await prisma.catalogVersion.updateMany({
      where: { catalog, version: { not: version }, replacedAt: null },
      data: { replacedAt: now },
    });
  }
}

export interface OlderVersion {
  readonly catalog: string;
  readonly version: string;
  readonly text: string;
  readonly replacedAt: Instant;
}

/**
 * The versions that an event still accepted may have been quoted by, and those that open holds are to be captured at. The
 * oldest event still accepted lies `lateDays` back, and its quote held a little longer.
 */
export async function olderCatalogs(
  prisma: Prisma,
  files: readonly LoadedText[],
  now: Instant,
): Promise<readonly OlderVersion[]> {
  const held = await prisma.hold.findMany({
    where: { state: 'open', version: { not: null } },
    distinct: ['version'],
    select: { version: true },
  });
  const versions = held.flatMap(({ version }) => (version === null ? [] : [version]));
  const found: OlderVersion[] = [];
  for (const { catalog } of files) {
    const { lateDays, quoteMinutes } = catalog.policies;
    const since = new Date(later(now, -(lateDays + 1) * DAY_MS - quoteMinutes * MINUTE_MS));
    const rows = await prisma.catalogVersion.findMany({
      where: {
        catalog: catalog.key,
        version: { not: catalog.version },
        replacedAt: { not: null },
        OR: [{ replacedAt: { gte: since } }, { version: { in: versions } }],
      },
    });
    for (const { version, body, replacedAt } of rows) {
      if (replacedAt === null) continue;
      found.push({ catalog: catalog.key, version, text: body, replacedAt: instant(replacedAt.getTime()) });
    }
  }
  return found;
}
