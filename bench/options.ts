// The options of the bench: parsed once, each fault said with what would be right.

import { Command, InvalidArgumentError, Option } from 'commander';

/** Open: leads leave on a fixed schedule. Closed: each of so many sources waits for its answer. */
export type Pace =
  | { readonly kind: 'open'; readonly rate: number }
  | { readonly kind: 'closed'; readonly concurrency: number };

export interface BenchOptions {
  readonly json: boolean;
  readonly scenario: 'leads' | 'caps' | 'routing' | 'intake' | 'answers';
  readonly pace: Pace;
  readonly seconds: number;
  readonly warmupSeconds: number;
  readonly buyers: number;
  /** Of the scenario `routing`: how many contracts one stage has; each number is measured. */
  readonly contracts: readonly number[];
  /** Of the scenario `intake`: how many stand on a suppression list, and how many came before. */
  readonly suppressed: number;
  readonly past: number;
  /** How long a buyer thinks about a ping, drawn per buyer and lead. */
  readonly pingMs: readonly [least: number, most: number];
  readonly temporal: 'dev' | 'postgres';
  readonly rounds: number;
  /** A folder that receives a CPU profile of `sluice serve`. */
  readonly cpuProf: string | undefined;
}

interface Given {
  readonly json: boolean;
  readonly scenario: BenchOptions['scenario'];
  readonly rate?: number;
  readonly concurrency?: number;
  readonly seconds: number;
  readonly warmup: number;
  readonly buyers: number;
  readonly contracts?: number;
  readonly suppressed: number;
  readonly past: number;
  readonly pingMs: readonly [number, number];
  readonly temporal: BenchOptions['temporal'];
  readonly rounds: number;
  readonly cpuProf?: string;
}

const CONCURRENCY = { leads: 20, caps: 500, routing: 1, intake: 4, answers: 1 } as const;
const CONTRACTS = [1_000, 10_000];

const EXAMPLES = `
Examples:
  npm run bench -- --concurrency 20 --seconds 30
  npm run bench -- --json --rate 20 --seconds 60 --ping-ms 100-300
  npm run bench -- --json --scenario caps --seconds 10
  npm run bench -- --json --scenario routing --contracts 1000
  npm run bench -- --json --scenario intake
  npm run bench -- --json --scenario answers
Method and fields: docs/reference/bench.md. Progress goes to stderr; a run whose check of the
buyers' journals against the database fails is void and ends with exit code 1.`;

/** Reads the arguments. On `--help` or a fault it says so and ends the process. */
export function parseOptions(args: readonly string[]): BenchOptions {
  const command = new Command('npm run bench --')
    .description('Measures Sluice on a stack of its own, beside the same work without Temporal.')
    .option('--json', 'one JSON object on stdout instead of a table', false)
    .addOption(
      new Option('--rate <leads>', 'open loop: leads per second, latency from the intended time')
        .argParser(positive)
        .conflicts('concurrency'),
    )
    .option(
      '--concurrency <sources>',
      'closed loop: sources at once (20; caps: 500; intake: 4)',
      whole,
    )
    .option('--seconds <seconds>', 'measured time per round and side', positive, 20)
    .option('--warmup <seconds>', 'time before it that does not count', notNegative, 15)
    .option('--buyers <count>', 'ping-post buyers', whole, 10)
    .option('--contracts <count>', 'routing: contracts of the stage (1000 and 10000)', whole)
    .option(
      '--suppressed <count>',
      'intake: numbers on a suppression list',
      wholeOrNone,
      10_000_000,
    )
    .option('--past <count>', 'intake: leads that came before', wholeOrNone, 5_000_000)
    .option('--ping-ms <least-most>', 'how long buyers think about a ping', range, [0, 0])
    .addOption(
      new Option('--temporal <kind>', 'the development server, or the server on PostgreSQL')
        .choices(['dev', 'postgres'])
        .default('dev'),
    )
    .addOption(
      new Option(
        '--scenario <name>',
        'whole leads, holds on one buyer, the pure decision, intake, or buyers’ answers',
      )
        .choices(['leads', 'caps', 'routing', 'intake', 'answers'])
        .default('leads'),
    )
    .option('--rounds <count>', 'how often Sluice and the baseline take turns', whole, 2)
    .option('--cpu-prof <folder>', 'write a CPU profile of `sluice serve` there')
    .addHelpText('after', EXAMPLES);
  const given = command.parse([...args], { from: 'user' }).opts<Given>();
  const { json, scenario, seconds, warmup, buyers, pingMs, temporal, rounds } = given;
  const { rate, concurrency = CONCURRENCY[scenario], cpuProf, contracts, suppressed, past } = given;
  if ((scenario === 'caps' || scenario === 'intake') && rate !== undefined) {
    command.error(`error: ${scenario} is a closed loop`);
  }
  const pace: Pace = rate === undefined ? { kind: 'closed', concurrency } : { kind: 'open', rate };
  return {
    ...{
      json,
      scenario,
      pace,
      seconds,
      buyers,
      pingMs,
      temporal,
      rounds,
      cpuProf,
      suppressed,
      past,
    },
    contracts: contracts === undefined ? CONTRACTS : [contracts],
    warmupSeconds: warmup,
  };
}

function notNegative(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0))
    throw new InvalidArgumentError('wants a number, 0 or more');
  return value;
}

function positive(text: string): number {
  const value = notNegative(text);
  if (value === 0) throw new InvalidArgumentError('wants a number above 0');
  return value;
}

function whole(text: string): number {
  return wholeOrNone(String(positive(text)));
}

function wholeOrNone(text: string): number {
  const value = notNegative(text);
  if (!Number.isInteger(value)) throw new InvalidArgumentError('wants a whole number');
  return value;
}

function range(text: string): [number, number] {
  const [, least, most = least] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text) ?? [];
  if (least === undefined || Number(least) > Number(most)) {
    throw new InvalidArgumentError('wants milliseconds, least-most, such as 100-300');
  }
  return [Number(least), Number(most)];
}
