// Rules, refused hints and secret fields against the vertical that they are about.

import { factFieldsOf, FLAG_OF } from '../../domain/facts.ts';
import { isSecret } from '../../domain/fields/secret.ts';
import { HINTS, type HintCode } from '../../domain/validation/hints.ts';
import type { Contract } from '../../domain/world/contract.ts';
import type { Filter } from '../../domain/world/filter.ts';
import type { LeadRule } from '../../domain/world/intake.ts';
import type { Vertical, World } from '../../domain/world/world.ts';
import type { ValueLists } from '../../eligibility/filters/value-lists.ts';
import { didYouMean, issueAt, type Path, type WorldIssue } from '../issues.ts';
import { ownOf } from '../maps.ts';
import { listContradictions } from './contradictions.ts';
import { checkFilter, factsOf, type FilterPlace } from './filter.ts';

/** Everything that is wrong with what verticals and campaigns ask of leads. */
export function checkIntake(world: World, sourceIds: ReadonlySet<string>): WorldIssue[] {
  return [
    ...ruleLists(world, sourceIds).flatMap(([rules, place]) =>
      rules.flatMap((rule, index) => checkRule(rule, inList(place, index))),
    ),
    ...Object.entries(world.campaigns).flatMap(([id, { vertical: of, refuse = [] }]) => {
      const vertical = ownOf(world.verticals, of);
      const path = ['campaigns', id, 'refuse'];
      return vertical ? refuse.flatMap((code, at) => checkHint(code, vertical, [...path, at])) : [];
    }),
  ];
}

/** Rules that no lead can break. */
export function warnOfIdleRules(
  world: World,
  sourceIds: ReadonlySet<string>,
  lists: ValueLists,
): WorldIssue[] {
  return ruleLists(world, sourceIds).flatMap(([rules, place]) =>
    rules.flatMap(({ when }, index) => {
      const at = inList(place, index);
      const path = [...at.path, 'when'];
      return listContradictions(when, { path, facts: factsOf(at), lists });
    }),
  );
}

/** Fields that no ping may name. */
export function checkSecrets({ ping }: Contract, vertical: Vertical, path: Path): WorldIssue[] {
  return (ping?.fields ?? []).flatMap((name, index) => {
    const field = ownOf(vertical.fields, name);
    if (!field || !isSecret(field)) return [];
    const says = `"${name}" is a social security number, which no ping tells`;
    return [issueAt([...path, 'ping', 'fields', index], says, 'send it with the post')];
  });
}

/** Each list of rules with the place where it stands. */
function ruleLists(
  { verticals, campaigns }: World,
  sourceIds: ReadonlySet<string>,
): [readonly LeadRule[], FilterPlace][] {
  const found: [readonly LeadRule[], FilterPlace][] = [];
  for (const [id, vertical] of Object.entries(verticals)) {
    const path = ['verticals', id, 'rules'];
    found.push([vertical.rules ?? [], { path, vertical, sourceIds, lookups: [] }]);
  }
  for (const [id, { vertical: of, rules = [] }] of Object.entries(campaigns)) {
    const vertical = ownOf(verticals, of);
    const path = ['campaigns', id, 'rules'];
    if (vertical) found.push([rules, { path, vertical, sourceIds, lookups: [] }]);
  }
  return found;
}

function inList(place: FilterPlace, index: number): FilterPlace {
  return { ...place, path: [...place.path, index] };
}

function checkRule({ when, fields }: LeadRule, place: FilterPlace): WorldIssue[] {
  const { path, vertical } = place;
  const known = Object.keys(vertical.fields);
  const unknown = fields.flatMap((name, index) => {
    if (known.includes(name)) return [];
    const says = `"${name}" is no field of the vertical`;
    return [issueAt([...path, 'fields', index], says, didYouMean(name, known))];
  });
  const at = [...path, 'when'];
  const later = placesOf(when, at).map(({ path: where, field }) => {
    const says = `a lead has no ${field === 'score' ? 'score' : 'flags'} yet when it is checked`;
    return issueAt(where, says, 'ask in a contract’s filter');
  });
  const facts = checkFilter(when, { ...place, path: at }).filter(
    ({ path: where }) => !later.some((one) => one.path === where),
  );
  return [...facts, ...later, ...unknown];
}

/** Where a filter asks for a fact that comes after validation. */
export function placesOf(filter: Filter, path: Path): { path: Path; field: string }[] {
  switch (filter.kind) {
    case 'all':
    case 'any':
      return filter.of.flatMap((part, index) => placesOf(part, [...path, filter.kind, index]));
    case 'not':
      return placesOf(filter.of, [...path, 'not']);
    case 'test':
      return isLater(filter.field) ? [{ path: [...path, 'field'], field: filter.field }] : [];
  }
}

const isLater = (field: string) =>
  field === 'score' || field === 'flagged' || field.startsWith(FLAG_OF);

/** The types of fields without which no lead shows a hint. */
const SHOWN_BY: Readonly<Record<HintCode, readonly ('email' | 'zip' | 'state')[]>> = {
  email_disposable: ['email'],
  email_role: ['email'],
  email_typo: ['email'],
  zip_unknown: ['zip'],
  zip_not_in_state: ['zip', 'state'],
};

function checkHint(code: HintCode, { fields }: Vertical, path: Path): WorldIssue[] {
  const known = factFieldsOf(fields);
  const hasEmail = Object.values(fields).some(({ type }) => type === 'email');
  const missing = SHOWN_BY[code].filter((type) =>
    type === 'email' ? !hasEmail : known[type] === undefined,
  );
  if (missing.length === 0) return [];
  const says = `no lead can show ${HINTS[code]}: the vertical has no one ${missing.join(' and ')}`;
  return [issueAt(path, says, `add one field of type ${missing.join(' and ')}, or leave it out`)];
}
