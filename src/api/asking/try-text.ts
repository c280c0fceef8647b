// A tried request as text for terminals (`sluice try`). Pure.

import { dollars, cents } from '../../domain/money.ts';
import { printable } from '../reading/text-table.ts';
import type { TriedBody } from './try-wire.ts';

/** The request as it would go out, then what was read and what it comes to. */
export function renderTried(told: TriedBody): string {
  const { request, problem, answer, comes_to: comesTo } = told;
  const sent = request
    ? [
        `${request.method} ${request.url}`,
        ...Object.entries(request.headers).map(([name, value]) => `${name}: ${value}`),
        '',
        request.body ?? '(no body)',
      ]
    : [];
  const read = answer ? ['', `answered HTTP ${answer.status}`, ...readLines(told)] : [];
  return [
    `${told.step} of ${told.contract}`,
    ...sent,
    ...(problem === null ? [] : ['', `problem: ${problem}`]),
    ...read,
    ...(comesTo === null ? [] : [`comes to: ${comesTo}`]),
  ]
    .flatMap((text) => text.split('\n'))
    .map(printable)
    .join('\n');
}

function readLines(told: TriedBody): string[] {
  const { verdict, by, price_cents: price, reference, reason, captures } = told;
  return [
    ...(verdict === null ? [] : [`verdict: ${verdict}, by ${by ?? 'nothing'}`]),
    ...(price === null ? [] : [`price: ${dollars(cents(price))}`]),
    ...(reference === null ? [] : [`reference: ${reference}`]),
    ...(reason === null ? [] : [`reason: ${reason}`]),
    ...Object.entries(captures).map(([name, value]) => `captured ${name}: ${value}`),
  ];
}
