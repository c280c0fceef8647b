// Sales that go out as a guide shows it: a campaign with a buyer whose contract has the deliveries
// of a guide's example.

import { parse } from 'yaml';

import type { LeadId } from '../../src/domain/ids.ts';
import { guideExample } from './guide.ts';
import { until } from './until.ts';
import type { World } from './world.ts';

export const EMAIL = ['target-email.md', 'email'] as const;
export const DIGEST = ['target-email.md', 'digest'] as const;
export const SFTP = ['target-sftp.md', 'sftp'] as const;

/** Longer than the two minutes within which the next full minute is due. */
const WITHIN_MS = 150_000;

/** A campaign whose sales go into the delivery of the example, with other options. */
export async function sellInto(
  world: World,
  [page, example]: readonly [string, string],
  options: Readonly<Record<string, unknown>> = {},
) {
  const buyer = await world.buyer({ bidCents: 900 });
  const campaign = await world.campaign([{ method: 'ping_post', buyers: [buyer] }]);
  Object.assign(world.document.buyers[buyer.id] ?? {}, { time_zone: 'UTC' });
  const shown = parse(guideExample(page, example)) as {
    contracts: Record<string, { deliveries: { options: object }[] }>;
  };
  const change = (changed: object): Promise<void> => {
    const { deliveries = [] } = shown.contracts['apex_auto'] ?? {};
    Object.assign(world.document.contracts[buyer.contract] ?? {}, {
      deliveries: deliveries.map((one) => ({ ...one, options: { ...one.options, ...changed } })),
    });
    return world.apply();
  };
  await change(options);
  return { contract: buyer.contract, campaign, change };
}

/** The time of day that is ten seconds away at least and 70 at most, on the clock of UTC. */
export function soon(): string {
  return new Date(Date.now() + 70_000).toISOString().slice(11, 16);
}

/** The only delivery of a lead, once it is in the state. */
export async function delivery(world: World, leadId: LeadId, state: string) {
  const look = async () => {
    const [only] = (await world.trace(leadId)).deliveries;
    return only?.state === state && only;
  };
  return until(`the delivery of ${leadId} is ${state}`, look, WITHIN_MS);
}

/** The workflow of the only batch of a contract. Throws unless there is one. */
export async function batchRun(world: World, contract: string) {
  const rows = await world.rows<{ id: string }>(
    `select format('batch/%s/%s/%s', contract_id, target,
       to_char(due_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) as id
     from batches where contract_id = $1`,
    [contract],
  );
  const [row] = rows;
  if (!row || rows.length > 1) throw new Error(`${rows.length} batches of ${contract}`);
  return world.client.workflow.getHandle(row.id);
}

/** The CSV file in a mail, whatever its encoding on the way. */
export function attachmentOf(mail: string): string {
  const [, part = ''] = mail.split('Content-Type: text/csv');
  const [head = '', body = ''] = part.split(/\r\n\r\n([^]*?)\r\n--/);
  return /base64/i.test(head) ? Buffer.from(body, 'base64').toString('utf8') : body;
}
