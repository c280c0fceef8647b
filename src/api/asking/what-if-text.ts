// A what-if as text for terminals (`sluice what-if`). Pure.

import { dollars } from '../../domain/money.ts';
import { columns, printable } from '../reading/text-table.ts';
import type { WhatIfLead, WhatIfResult, WhatIfSums } from '../wire/what-if.ts';

/** Head, a table of the sums, one of the buyers; then the leads, where they are given. */
export function renderWhatIf(told: WhatIfResult, leads?: readonly WhatIfLead[]): string {
  const { since, until, campaign } = told;
  const of = campaign === null ? '' : ` of ${campaign}`;
  const { received, refused, unfinished, simulated, changed, assumed } = told.leads;
  const head = `leads${of} from ${since} to ${until}`;
  if (received === 0) return printable(`no leads in this period: ${head}`);
  const counts = [
    `${received} received`,
    ...(refused > 0 ? [`${refused} refused at intake`] : []),
    ...(unfinished > 0 ? [`${unfinished} not decided yet`] : []),
    `${simulated} run again`,
    `${changed} come to something else`,
  ];
  const guesses = assumed === 0 ? [] : [`${assumed} of them by assumption: ${ASSUMED}`];
  return [
    ...[head, counts.join(', '), ...guesses, ...told.notes.map((note) => `note: ${note}`)].map(
      printable,
    ),
    '',
    ...columns([HEAD, ...totalsOf(told)], RIGHT),
    '',
    ...columns([['buyer', ...HEAD.slice(1)], ...told.buyers.flatMap(buyerRows)], RIGHT),
    ...(leads ? ['', ...leadLines(leads)] : []),
  ].join('\n');
}

const ASSUMED = 'a buyer that was not asked accepts an offer, and bids nothing';
const HEAD = ['', 'before', 'after', 'difference'];
const RIGHT = new Set([1, 2, 3]);

function totalsOf({ before, after }: WhatIfResult): string[][] {
  const counted = (['sold', 'unsold', 'waiting', 'in_doubt'] as const)
    .filter((name) => name === 'sold' || name === 'unsold' || before[name] + after[name] > 0)
    .map((name) => countRow(name.replace('_', ' '), before[name], after[name]));
  return [
    ...counted,
    countRow('sales', before.sales, after.sales),
    ...moneyRows('', before, after),
  ];
}

function buyerRows({ buyer, before, after }: WhatIfResult['buyers'][number]): string[][] {
  return [
    countRow(`${buyer}: sales`, before.sales, after.sales),
    ...moneyRows(`${buyer}: `, before, after),
  ];
}

function countRow(name: string, before: number, after: number): string[] {
  return [name, String(before), String(after), signed(after - before, String)];
}

function moneyRows(of: string, before: WhatIfSums, after: WhatIfSums): string[][] {
  return (['revenue', 'payout', 'margin'] as const).map((name) => {
    const [was, is] = [before[`${name}_cents`], after[`${name}_cents`]];
    return [`${of}${name}`, dollars(was), dollars(is), signed(is - was, dollars)];
  });
}

function signed(amount: number, text: (amount: number) => string): string {
  return amount > 0 ? `+${text(amount)}` : text(amount);
}

function leadLines(leads: readonly WhatIfLead[]): string[] {
  if (leads.length === 0) return ['no lead comes to something else'];
  return leads.flatMap(({ lead, before, after, assumed, why }) => [
    printable(`${lead}  ${endOf(before)} → ${endOf(after)}${assumed ? '  (assumed)' : ''}`),
    ...why.map(whyLine),
  ]);
}

function endOf({ status, sales }: WhatIfLead['before']): string {
  if (sales.length === 0) return status;
  return sales
    .map(({ contract, price_cents }) => `${contract} ${dollars(price_cents)}`)
    .join(' + ');
}

const SAYS = { lost: 'not now', gained: 'not then', price: 'another price' } as const;

function whyLine({ contract, change, reason, detail }: WhatIfLead['why'][number]): string {
  const because = [reason, detail].filter((part) => part !== null && part !== '').join(': ');
  return printable(`  ${contract}  ${SAYS[change]}${because === '' ? '' : `: ${because}`}`);
}
