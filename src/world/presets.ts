// Contracts that name their buyer's platform: what is wrong with the names they give, and the same
// contracts with the steps that come of them. All others see ordinary steps.

import {
  controlNames,
  expandPreset,
  type WrittenPreset,
} from '../delivery/presets/buyers/expand.ts';
import type { HttpStep, Step } from '../domain/world/contract.ts';
import type { Field } from '../domain/world/world.ts';
import { didYouMean, issueAt, type WorldIssue } from './issues.ts';
import { isMap, mapAt, mapOf, ownOf } from './maps.ts';

interface Written {
  readonly campaign: string;
  readonly preset: WrittenPreset | null;
  readonly ping: Step | null;
  readonly post: Step | null;
}

/** As much of a document as is needed to know the fields of a contract's leads. */
interface Kinds {
  readonly campaigns: Readonly<Record<string, { readonly vertical: string }>>;
  readonly verticals: Readonly<
    Record<string, { readonly fields: Readonly<Record<string, Field>> }>
  >;
}

/** The contract without its preset, and with the steps of it. */
export function withSteps<T extends Written>(written: T, kinds: Kinds): Omit<T, 'preset'> {
  const { preset, ...contract } = written;
  if (preset === null) return contract;
  const steps: { ping: HttpStep | null; post: HttpStep } = expandPreset(
    preset,
    fieldsOf(written, kinds) ?? {},
  );
  return { ...contract, ...steps };
}

/** What is wrong with the names that presets give to fields. */
export function checkPresets(
  contracts: Readonly<Record<string, Written>>,
  kinds: Kinds,
): WorldIssue[] {
  return Object.entries(contracts).flatMap(([id, written]) => {
    const fields = fieldsOf(written, kinds);
    if (written.preset === null || !fields) return [];
    const controls = controlNames(written.preset);
    return Object.entries(written.preset.fields).flatMap(([to, name]) => {
      const at = ['contracts', id, 'preset', 'fields', to];
      if (controls.has(to)) return [issueAt(at, 'is a name that the preset fills in itself')];
      if (ownOf(fields, name)) return [];
      const says = `"${name}" is no field of the vertical`;
      return [issueAt(at, says, didYouMean(name, Object.keys(fields)))];
    });
  });
}

function fieldsOf({ campaign }: Written, { campaigns, verticals }: Kinds) {
  const vertical = ownOf(campaigns, campaign)?.vertical;
  return vertical === undefined ? undefined : ownOf(verticals, vertical)?.fields;
}

const STEP = /^(contracts\.(\w+))\.(ping|post)(\.fields(\[\d+\])?$)?.*$/;

/** The issue where the operator can mend it: no ping stands in a document that has a preset. */
export function placedInPreset(issue: WorldIssue, document: unknown): WorldIssue {
  const [, at = '', id = '', step = '', list, index = ''] = STEP.exec(issue.path) ?? [];
  const contract = ownOf(mapAt(mapOf(document), 'contracts'), id);
  if (!isMap(contract) || !isMap(contract['preset'])) return issue;
  return { ...issue, path: `${at}.preset${list ? `.${step}_fields${index}` : ''}` };
}
