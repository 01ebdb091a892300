/** "Did you mean": the known name that was probably intended. */

/** Undefined where nothing is near enough to be worth saying: a wrong suggestion costs more than none. */
export function nearestName(written: string, known: Iterable<string>): string | undefined {
  const wanted = written.toLowerCase().slice(0, 80);
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(wanted.length / 3)) + 1;
  for (const one of known) {
    const distance = distanceBetween(wanted, one.toLowerCase().slice(0, 80));
    if (distance < bestDistance) {
      best = one;
      bestDistance = distance;
    }
  }
  return best;
}

/** Letters to insert, remove or replace; a swap of two neighbours counts as one. */
function distanceBetween(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        least = Math.min(least, (beforeLast[j - 2] ?? 0) + 1);
      }
      row.push(least);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}

/** `; did you mean "x"?` or a full stop: the end of a sentence about an unknown name. */
export function orDidYouMean(written: string, known: Iterable<string>): string {
  const near = nearestName(written, known);
  return near === undefined ? '.' : `; did you mean "${near}"?`;
}
