/** `creditd catalog`: checks a catalog file, prints the schema of such files, lists and shows the ones that come along. */
import { readFileSync } from 'node:fs';
import { BUILT_IN, builtInCatalog, builtInText, isBuiltIn } from '../adapters/catalog/built-in.js';
import { catalogJsonSchema } from '../adapters/catalog/json-schema.js';
import { loadCatalog, writtenProblem } from '../adapters/catalog/load.js';
import { type Catalog, counted } from '../domain/catalog.js';
import { orDidYouMean } from '../domain/catalog-suggest.js';
import { formatCredits } from '../domain/credits.js';
import { formatMoney } from '../domain/money.js';
import { formatCadence } from '../domain/period.js';
import { price } from '../domain/pricing.js';

const USAGE = `Usage: creditd catalog check FILE    says what a catalog holds, or every problem it has
       creditd catalog schema        prints the JSON Schema of catalog files
       creditd catalog list          lists the catalogs that come with creditd
       creditd catalog show KEY      prints one of them, comments included`;

const OK = 0;
const INVALID = 1;
const MISUSED = 2;

/** Exit code 0 when all is well, 1 for a catalog with problems or a file that cannot be read, 2 for a misuse. */
export function catalogCommand(args: string[], out: (line: string) => void): number {
  const [verb, operand, ...rest] = args;
  const operands = verb === 'check' || verb === 'show' ? 1 : 0;
  if (verb === '--help' || verb === '-h') {
    out(USAGE);
    return OK;
  }
  if (rest.length > 0 || (operand === undefined ? operands === 1 : operands === 0)) {
    out(USAGE);
    return MISUSED;
  }
  switch (verb) {
    case 'check':
      return check(operand ?? '', out);
    case 'schema':
      out(JSON.stringify(catalogJsonSchema(), null, 2));
      return OK;
    case 'list':
      for (const key of BUILT_IN) out(`${key.padEnd(14)}${builtInCatalog(key)?.brand.name ?? ''}`);
      return OK;
    case 'show':
      return show(operand ?? '', out);
    default:
      out(USAGE);
      return MISUSED;
  }
}

function show(key: string, out: (line: string) => void): number {
  if (isBuiltIn(key)) {
    out(builtInText(key).trimEnd());
    return OK;
  }
  out(`There is no built-in catalog "${key}"${orDidYouMean(key, BUILT_IN)} There are: ${BUILT_IN.join(', ')}.`);
  return MISUSED;
}

function check(file: string, out: (line: string) => void): number {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    out(`The file ${file} cannot be read (${reason}). Check its name and who may read it.`);
    return INVALID;
  }
  const loaded = loadCatalog(text, file);
  if (loaded.kind === 'invalid') {
    for (const problem of loaded.problems) out(writtenProblem(file, problem));
    const count = loaded.problems.length;
    out(`${file}: ${count} ${count === 1 ? 'problem' : 'problems'}.`);
    return INVALID;
  }
  for (const line of summary(loaded.catalog)) out(line);
  return OK;
}

/** The catalog in a screenful: its plans, and what an ordinary use of each meter costs. */
function summary(catalog: Catalog): string[] {
  const { credit } = catalog.words;
  const lines = [`${catalog.brand.name} (${catalog.key}, ${catalog.version}) is valid.`, '', 'Plans'];
  for (const plan of catalog.plans) {
    const allotment = `${counted(credit, formatCredits(plan.allotment))} every ${formatCadence(plan.every)}`;
    const shown = plan.shownPrice ? `, ${formatMoney(plan.shownPrice)} every ${formatCadence(plan.shownEvery)}` : '';
    lines.push(`  ${plan.label}: ${allotment}${shown}`);
  }
  lines.push('', 'Meters');
  for (const meter of catalog.meters.values()) {
    const run = meter.standardRun;
    const priced = run && price(catalog, meter, run.quantity, run.properties);
    const cost = priced?.kind === 'priced' ? `: ${run?.label}, ${counted(credit, formatCredits(priced.credits))}` : '';
    lines.push(`  ${meter.key}${cost}`);
  }
  return lines;
}
