// What the requests of a contract name: fields of its vertical, values of its ping's answer. A ping
// that tells of the person says so in `fields`; a mapping alone never does.

import { namesIn } from '../../../delivery/requests/template.ts';
import type { RequestSettings } from '../../../domain/delivery/request.ts';
import { isSecret } from '../../../domain/fields/secret.ts';
import type { Contract } from '../../../domain/world/contract.ts';
import type { Vertical } from '../../../domain/world/world.ts';
import { didYouMean, issueAt, type Path, type WorldIssue } from '../../issues.ts';

/** One request with what it may say. */
interface Asked {
  readonly kind: 'ping' | 'post' | 'push';
  readonly at: Path;
  readonly request: RequestSettings;
  readonly fields: readonly string[] | null;
}

/** Checks every step of the contract that is set up here. */
export function checkRequests(contract: Contract, vertical: Vertical, path: Path): WorldIssue[] {
  const captures = capturesOf(contract);
  return requestsOf(contract, path).flatMap((asked) => [
    ...namesOf(asked).flatMap(({ at, root, name }) => {
      if (root === 'captured') return captureIssue(name, { at, asked, captures });
      return fieldIssue(name, { at, asked, vertical });
    }),
    ...(asked.kind === 'ping' ? checkPrice(contract, asked.at) : []),
  ]);
}

function requestsOf({ ping, post, deliveries }: Contract, path: Path): Asked[] {
  const asks = [
    { kind: 'ping' as const, at: [...path, 'ping'], step: ping },
    { kind: 'post' as const, at: [...path, 'post'], step: post },
    ...deliveries.map(({ step }, index) => ({
      ...{ kind: 'push' as const, at: [...path, 'deliveries', index], step },
    })),
  ];
  return asks.flatMap(({ kind, at, step }): Asked[] =>
    step?.adapter === 'http' ? [{ kind, at, request: step.request, fields: step.fields }] : [],
  );
}

interface Name {
  readonly at: Path;
  readonly root: 'lead' | 'captured';
  readonly name: string;
}

function namesOf({ at, request }: Asked): Name[] {
  const { body, format, headers } = request;
  const inHeaders = Object.entries(headers).flatMap(([header, value]) =>
    'liquid' in value ? namesOfText(value.liquid, 'text', [...at, 'headers', header]) : [],
  );
  if (body.kind === 'template') {
    const inside = format === 'json' ? 'json' : 'xml';
    return [...inHeaders, ...namesOfText(body.liquid, inside, [...at, 'template'])];
  }
  const inBody = body.mappings.flatMap(({ from }, index): Name[] => {
    const place = [...at, 'body', index];
    switch (from.kind) {
      case 'field':
        return [{ at: [...place, 'field'], root: 'lead', name: from.field }];
      case 'captured':
        return [{ at: [...place, 'captured'], root: 'captured', name: from.name }];
      case 'template':
        return namesOfText(from.liquid, 'text', [...place, 'template']);
      default:
        return [];
    }
  });
  return [...inHeaders, ...inBody];
}

function namesOfText(liquid: string, inside: 'text' | 'json' | 'xml', at: Path): Name[] {
  return namesIn(liquid, inside).flatMap(([root, name]): Name[] => {
    if (name === undefined || (root !== 'lead' && root !== 'captured')) return [];
    return [{ at, root, name }];
  });
}

function fieldIssue(
  name: string,
  { at, asked, vertical }: { at: Path; asked: Asked; vertical: Vertical },
): WorldIssue[] {
  const field = Object.hasOwn(vertical.fields, name) ? vertical.fields[name] : undefined;
  if (!field) {
    const near = didYouMean(name, Object.keys(vertical.fields));
    return [issueAt(at, `"${name}" is no field of the vertical`, near)];
  }
  const { kind, fields } = asked;
  if (fields?.includes(name)) return [];
  if (fields !== null) {
    return [issueAt(at, `"${name}" does not stand in fields, so it is never sent`, 'add it there')];
  }
  if (kind !== 'ping' || (!field.personal && !isSecret(field))) return [];
  const says = `"${name}" is personal, and no ping tells it unless its fields name it`;
  return [issueAt(at, says, 'list the fields of the ping, or leave it to the post')];
}

function captureIssue(
  name: string,
  { at, asked, captures }: { at: Path; asked: Asked; captures: ReadonlySet<string> },
): WorldIssue[] {
  if (asked.kind === 'post' && captures.has(name)) return [];
  const says =
    asked.kind === 'post'
      ? `"${name}" is captured by no rule of ping.answer`
      : 'what a ping captured is known to the post only';
  return [issueAt(at, says, didYouMean(name, [...captures]))];
}

function capturesOf({ ping }: Contract): ReadonlySet<string> {
  return new Set(ping?.adapter === 'http' ? Object.keys(ping.answer.capture ?? {}) : []);
}

/** A bid is a price: an answer that is never looked through for one is none. */
function checkPrice({ ping }: Contract, at: Path): WorldIssue[] {
  if (ping?.adapter !== 'http' || ping.answer.price || ping.answer.bids) return [];
  const fix = 'price: { path: … }, or bids';
  return [issueAt([...at, 'answer'], 'of a ping wants to say where the price stands', fix)];
}
