// The platforms whose answers Sluice reads without a rule being written.

import { boberdoo, boberdooClassic } from './boberdoo.ts';
import { cake } from './cake.ts';
import { leadbyte } from './leadbyte.ts';
import { leadconduit } from './leadconduit.ts';
import { leadexec } from './leadexec.ts';
import { leadprosper } from './leadprosper.ts';
import { leadspedia } from './leadspedia.ts';
import { linktrust } from './linktrust.ts';
import { phonexa } from './phonexa.ts';
import type { AnswerPreset } from './preset.ts';

/** By the name that a world gives them. */
export const ANSWER_PRESETS = {
  leadprosper,
  leadconduit,
  leadspedia,
  boberdoo,
  boberdoo_classic: boberdooClassic,
  leadexec,
  linktrust,
  phonexa,
  cake,
  leadbyte,
} as const satisfies Record<string, AnswerPreset>;
