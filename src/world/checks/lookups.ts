// Do the lookups of a campaign fit the fields of its leads and the time of its answers, and do they
// have the keys that they need.

import { factFieldsOf } from '../../domain/facts.ts';
import type { Campaign } from '../../domain/world/campaign.ts';
import type { Lookup } from '../../domain/world/lookup.ts';
import type { Field, World } from '../../domain/world/world.ts';
import type { LookupQuestion, Subject } from '../../lookups/adapter.ts';
import { lookupAdapterOf } from '../../lookups/adapters.ts';
import { didYouMean, issueAt, type Path, type WorldIssue } from '../issues.ts';
import { ownOf } from '../maps.ts';

type Fields = Readonly<Record<string, Field>>;

/** Of every subject something that can be asked about. */
const SAMPLES: Readonly<Record<Subject, string>> = {
  phone: '+15125550100',
  email: 'a@example.com',
  trustedform: `https://cert.trustedform.com/${'0'.repeat(40)}`,
  jornaya: '00000000-0000-0000-0000-000000000000',
};

export function checkLookups(world: World, id: string, campaign: Campaign): WorldIssue[] {
  const vertical = ownOf(world.verticals, campaign.vertical);
  return Object.entries(campaign.lookups).flatMap(([name, lookup]) => {
    const at = ['campaigns', id, 'lookups', name];
    return [
      ...checkWait(lookup, campaign, at),
      ...checkKey(lookup, at),
      ...(vertical ? checkField(lookup, vertical.fields, at) : []),
    ];
  });
}

function checkWait({ waitMs }: Lookup, { answerWithinMs }: Campaign, at: Path): WorldIssue[] {
  if (waitMs < answerWithinMs) return [];
  const says = `its leads are answered within ${answerWithinMs} ms`;
  return [issueAt([...at, 'wait_ms'], says, 'less, so that time is left to sell the lead')];
}

function checkKey({ service, options, secretRef }: Lookup, at: Path): WorldIssue[] {
  const { subject } = lookupAdapterOf(service);
  const value = SAMPLES[subject];
  const question: LookupQuestion = { value, phone: SAMPLES.phone, email: SAMPLES.email };
  const request = lookupAdapterOf(service).bind(options).build(question);
  const isNeeded = 'method' in request && request.secret !== undefined;
  if (isNeeded === (secretRef !== null)) return [];
  const path = [...at, 'secret_ref'];
  return isNeeded
    ? [issueAt(path, `${service} wants a key`, 'name it, as env:NAME or file:/path')]
    : [issueAt(path, 'with these options no key is sent', 'leave it out')];
}

function checkField({ service, field }: Lookup, fields: Fields, at: Path): WorldIssue[] {
  const { subject } = lookupAdapterOf(service);
  const type = subject === 'phone' || subject === 'email' ? subject : 'text';
  const path = [...at, 'field'];
  if (field !== null) {
    const known = ownOf(fields, field);
    if (known?.type === type) return [];
    const near = didYouMean(field, Object.keys(fields));
    if (!known) return [issueAt(path, `"${field}" is no field of the vertical`, near)];
    return [issueAt(path, `"${field}" is a ${known.type}`, `a field of type ${type}`)];
  }
  if (type === 'text') return [];
  const typed = Object.keys(fields).filter((name) => fields[name]?.type === type);
  const isClear = typed.length === 1 || typed.includes(type);
  if (type === 'phone' ? factFieldsOf(fields).phone !== undefined : isClear) return [];
  const says = typed.length === 0 ? `the vertical has no field of type ${type}` : 'which of them?';
  return [issueAt(path, says, typed.length === 0 ? undefined : `one of ${typed.join(', ')}`)];
}
