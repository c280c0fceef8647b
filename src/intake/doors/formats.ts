// Every post format, by its name.

import type { DoorFormatName } from '../../domain/world/door.ts';
import type { DoorFormat } from './door.ts';
import { leadprosper } from './rivals/leadprosper.ts';
import { boberdoo } from './rivals/boberdoo.ts';
import { boberdooApi } from './rivals/boberdoo-api.ts';
import { cake } from './rivals/cake.ts';
import { leadbyte } from './rivals/leadbyte.ts';
import { leadconduit } from './rivals/leadconduit.ts';
import { leadexec } from './rivals/leadexec.ts';
import { leadspedia } from './rivals/leadspedia.ts';
import { phonexa } from './rivals/phonexa.ts';

/** In the order in which they stand in the documentation. */
export const FORMATS: Readonly<Record<DoorFormatName, DoorFormat>> = {
  leadprosper,
  leadconduit,
  leadspedia,
  boberdoo,
  boberdoo_api: boberdooApi,
  leadbyte,
  phonexa,
  cake,
  leadexec,
};
