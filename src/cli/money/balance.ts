// `sluice balance`: what buyers that pay ahead have paid in, used and left, by the running server.

import { columns } from '../../api/reading/text-table.ts';
import type {
  BalanceAnswer,
  BalanceLine,
  BalancesPage,
  DepositLine,
  DepositsPage,
} from '../../api/wire/deposits.ts';
import { dollars } from '../../domain/money.ts';
import { type Caller, getJson } from '../client.ts';

/** One buyer's balance with its latest deposits, or those of all; as text or JSON. */
export async function readBalances(
  buyer: string | undefined,
  { json }: { readonly json: boolean },
  caller: Caller,
): Promise<string> {
  if (buyer === undefined) {
    const { balances, temporal } = await listAll(caller);
    if (json) return JSON.stringify({ balances, temporal }, null, 2);
    if (balances.length === 0) return 'no buyer pays ahead';
    return [...renderBalances(balances), ...awayText(temporal)].join('\n');
  }
  const path = `/v1/buyers/${encodeURIComponent(buyer)}`;
  const balance = await getJson<BalanceAnswer>(`${path}/balance`, caller);
  const { deposits } = await getJson<DepositsPage>(`${path}/deposits?limit=10`, caller);
  if (json) return JSON.stringify({ ...balance, deposits }, null, 2);
  const { temporal, warnings } = balance;
  return [
    ...renderBalances([balance]),
    ...warnings.map(({ path: at, says, fix }) => `warning  ${at}: ${says}; ${fix ?? ''}`),
    '',
    ...(deposits.length === 0 ? ['no deposits'] : renderDeposits(deposits)),
    ...awayText(temporal),
  ].join('\n');
}

async function listAll(caller: Caller): Promise<Omit<BalancesPage, 'next'>> {
  const balances: BalanceLine[] = [];
  let temporal: BalancesPage['temporal'] = 'up';
  let cursor: string | null = null;
  do {
    const query = new URLSearchParams({ limit: '200', ...(cursor !== null && { cursor }) });
    const page: BalancesPage = await getJson(`/v1/balances?${query.toString()}`, caller);
    balances.push(...page.balances);
    if (page.temporal === 'away') temporal = 'away';
    cursor = page.next;
  } while (cursor !== null);
  return { balances, temporal };
}

/** One line per buyer under a header. */
export function renderBalances(balances: readonly BalanceLine[]): string[] {
  const head = ['buyer', 'paid in', 'credit', 'used', 'left', 'counted', 'agrees', ''];
  const show = (cents: number | null) => (cents === null ? '-' : dollars(cents));
  const rows = balances.map((line) => [
    line.buyer,
    show(line.deposited_cents),
    show(line.credit_cents),
    show(line.used_cents),
    show(line.left_cents),
    show(line.counted_cents),
    line.agrees === null ? '-' : line.agrees ? 'yes' : 'no',
    line.uncounted_cents === 0
      ? ''
      : `${dollars(line.uncounted_cents)} not counted by the caps yet`,
  ]);
  return columns([head, ...rows], new Set([1, 2, 3, 4, 5]));
}

function renderDeposits(deposits: readonly DepositLine[]): string[] {
  const head = ['deposit', 'paid in', 'in all', 'at', 'by', 'note'];
  const rows = deposits.map(({ id, cents, total_cents: total, at, by, note }) => [
    ...[id, dollars(cents), dollars(total), `${at.slice(0, 19)}Z`, by],
    note ?? '',
  ]);
  return columns([head, ...rows], new Set([1, 2]));
}

function awayText(temporal: BalancesPage['temporal']): string[] {
  return temporal === 'up' ? [] : ['', 'Temporal does not answer: this is what PostgreSQL counts.'];
}
