// The one list of targets.

import type { Step } from '../../domain/world/contract.ts';
import { jsonTarget } from './json-target.ts';
import type { Target } from './target.ts';

const TARGETS: Readonly<Record<Step['adapter'], (step: Step) => Target>> = { json: jsonTarget };

/** The target that the step of a delivery names, with the step's settings. */
export function targetOf(step: Step): Target {
  return TARGETS[step.adapter](step);
}
