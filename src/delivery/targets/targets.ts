// The one list of targets.

import type { Delivery } from '../../domain/world/contract.ts';
import { httpTarget } from './http-target.ts';
import { jsonTarget } from './json-target.ts';
import type { Target } from './target.ts';

/** The target that the step of a delivery names, with the step's settings. */
export function targetOf(step: Delivery['step']): Target {
  switch (step.adapter) {
    case 'json':
      return jsonTarget(step);
    case 'http':
      return httpTarget(step);
  }
}
