// The platforms that a contract may name instead of writing its steps.

import { boberdoo, boberdooClassic } from './boberdoo.ts';
import { cake } from './cake.ts';
import { leadbyte } from './leadbyte.ts';
import { leadconduit } from './leadconduit.ts';
import { leadexec } from './leadexec.ts';
import { leadprosper } from './leadprosper.ts';
import { leadspedia } from './leadspedia.ts';
import { linktrust } from './linktrust.ts';
import { phonexa } from './phonexa.ts';
import type { Platform } from './platform.ts';

/** By the name that a world gives them. */
export const PLATFORMS = {
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
} as const satisfies Record<string, Platform>;
export type PlatformName = keyof typeof PLATFORMS;
export const PLATFORM_NAMES = Object.keys(PLATFORMS) as PlatformName[];
