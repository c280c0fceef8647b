// `sluice deposit`: records what a buyer has paid in, over the running server.

import { randomUUID } from 'node:crypto';
import type { DepositAnswer } from '../../api/wire/deposits.ts';
import { dollars, parseDollars } from '../../domain/money.ts';
import { type Caller, postJson } from '../client.ts';
import { CommandError } from '../running.ts';

export interface DepositOptions {
  readonly id?: string;
  readonly note?: string;
  readonly refund: boolean;
  readonly json: boolean;
}

/** Records a payment once and says so. Throws `CommandError`; a repeat is safe under its id. */
export async function sendDeposit(
  { buyer, amount }: { readonly buyer: string; readonly amount: string },
  { id = randomUUID(), note, refund, json }: DepositOptions,
  caller: Caller,
): Promise<string> {
  const cents = parseDollars(amount);
  if (!cents) {
    const hint = 'Write dollars above 0, such as 250 or 1,250.00; --refund takes them back.';
    throw new CommandError(`${amount} is no amount`, hint);
  }
  const path = `/v1/buyers/${encodeURIComponent(buyer)}/deposits`;
  const body = { id, cents: refund ? -cents : cents, ...(note !== undefined && { note }) };
  const answer = await postJson<DepositAnswer>(path, body, caller).catch((cause: unknown) => {
    // Whether it was recorded may be unknown: under the same id a repeat is safe.
    process.stderr.write(`sluice: to send it again, add --id ${id}\n`);
    throw cause;
  });
  return json ? JSON.stringify(answer, null, 2) : describeDeposit(answer);
}

/** What came of a deposit, for a terminal. */
export function describeDeposit(answer: DepositAnswer): string {
  const { id, buyer, cents, total_cents: total, counted, warnings } = answer;
  const what = cents < 0 ? `${dollars(-cents)} taken back from` : `${dollars(cents)} paid in by`;
  const later = 'the buyer’s caps do not count it yet; they are told as soon as Temporal answers';
  return [
    `${what} ${buyer}, deposit ${id}; ${dollars(total)} in all`,
    ...(counted ? [] : [later]),
    ...warnings.map(({ path, says, fix }) => `warning  ${path}: ${says}${fix ? `; ${fix}` : ''}`),
  ].join('\n');
}
