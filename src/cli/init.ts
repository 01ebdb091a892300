/** `creditd init`: writes one of the catalogs that come along, comments included, as a new project's own. */
import { existsSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { BUILT_IN, builtInText, isBuiltIn } from '../adapters/catalog/built-in.js';
import { Plain } from './setting-up.js';

const USAGE = `Usage: creditd init --template KEY [--out FILE]

Writes a commented catalog to begin with: ${BUILT_IN.join(', ')}.
The file is KEY.yaml unless --out names another; one that exists is left alone.`;

export function initCommand(args: string[], out: (line: string) => void): number {
  const options = {
    template: { type: 'string' },
    out: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  } as const;
  const { values } = parseArgs({ args, options });
  if (values.help || values.template === undefined) {
    out(USAGE);
    return values.help ? 0 : 2;
  }
  if (!isBuiltIn(values.template))
    throw new Plain(`There is no template "${values.template}". There are: ${BUILT_IN.join(', ')}.`);
  const file = values.out ?? `${values.template}.yaml`;
  if (existsSync(file)) throw new Plain(`${file} exists and is left as it is. Name another file with --out.`);
  writeFileSync(file, builtInText(values.template));
  out(`Wrote ${file}. Check it with: creditd catalog check ${file}`);
  return 0;
}
