/** Days as a person means them: from the midnight of the account's zone to the midnight after. */
export interface Asked {
  readonly kind: string;
  readonly meter: string;
  /** "2026-11-20", or empty. */
  readonly from: string;
  readonly to: string;
}

const DAY_MS = 86_400_000;

/** The instant at which a day begins in a zone. A day that begins late, because clocks were put forward, begins then. */
export function startOfDay(day: string, zone: string): string | null {
  const utc = Date.parse(`${day}T00:00:00Z`);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day) || Number.isNaN(utc)) return null;
  let at = utc - offsetAt(utc, zone);
  // The offset is that of the instant found, which may lie on the other side of a change of clocks.
  at = utc - offsetAt(at, zone);
  return new Date(at).toISOString();
}

/** How far a zone's clocks are ahead of UTC at an instant. */
function offsetAt(at: number, zone: string): number {
  try {
    const format = new Intl.DateTimeFormat('en-US', {
      ...{ timeZone: zone, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit' },
      ...{ hour: '2-digit', minute: '2-digit', second: '2-digit' },
    });
    const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
    return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(at / 1_000) * 1_000;
  } catch {
    return 0;
  }
}

const dayAfter = (day: string): string => new Date(Date.parse(`${day}T00:00:00Z`) + DAY_MS).toISOString().slice(0, 10);

/** As the API asks for it: the last day is whole. */
export function queryOf({ kind, meter, from, to }: Asked, zone: string) {
  const first = from === '' ? null : startOfDay(from, zone);
  const last = to === '' || Number.isNaN(Date.parse(to)) ? null : startOfDay(dayAfter(to), zone);
  return {
    ...(kind === '' ? {} : { kind }),
    ...(meter === '' ? {} : { meter }),
    ...(first === null ? {} : { from: first }),
    ...(last === null ? {} : { to: last }),
  };
}
