// `sluice try`: the request that a contract would send, and what an answer would come to.

import type { Command } from 'commander';

import type { TriedBody } from '../../api/asking/try-wire.ts';
import { CommandError, readNamedFile } from '../running.ts';
import type { CommandLine } from '../world-commands.ts';

interface Options {
  readonly ping: boolean;
  readonly lead?: string;
  readonly field: readonly string[];
  readonly answer?: string;
  readonly status: number;
  readonly live: boolean;
  readonly json: boolean;
}

const collect = (value: string, before: readonly string[]) => [...before, value];

/** Gives `sluice try` what it takes and does. */
export function addTry(command: Command, { run, out, env }: CommandLine): void {
  command
    .description('show the request that a contract would send, and how an answer is read')
    .option('--ping', 'the ping, instead of the post', false)
    .option('--lead <id>', 'a stored lead, instead of a sample')
    .option('--field <name=value>', 'a field, as often as needed, instead of a sample', collect, [])
    .option('--answer <file>', 'read the answer in this file')
    .option('--status <code>', 'the HTTP status of that answer', Number, 200)
    .option('--live', 'send a test to the test_url of the step, and read its answer', false)
    .option('--json', 'print JSON', false)
    .addHelpText('after', '\nExample: sluice try apex_auto --answer answer.json')
    .action(
      run(async (config, contract: string, options: Options) => {
        const { postJson } = await import('../client.ts');
        const { renderTried } = await import('../../api/asking/try-text.ts');
        const { lead, field, answer, status, live, json } = options;
        const told = await postJson<TriedBody>(
          `/v1/contracts/${encodeURIComponent(contract)}/try`,
          {
            step: options.ping ? 'ping' : 'post',
            ...(lead !== undefined && { lead }),
            ...(field.length > 0 && { fields: Object.fromEntries(field.map(toField)) }),
            ...(answer !== undefined && { answer: { status, body: await readNamedFile(answer) } }),
            ...(live && { live }),
          },
          { config, env },
        );
        out(json ? JSON.stringify(told, null, 2) : renderTried(told));
      }),
    );
}

function toField(text: string): [name: string, value: string] {
  const at = text.indexOf('=');
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
  throw new CommandError(`--field ${text} has no value`, 'Write it as --field state=TX.');
}
