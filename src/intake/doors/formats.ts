// Every post format, by its name.

import type { DoorFormatName } from '../../domain/world/door.ts';
import type { DoorFormat } from './door.ts';
import { leadprosper } from './leadprosper.ts';

/** In the order in which they stand in the documentation. */
export const FORMATS: Readonly<Record<DoorFormatName, DoorFormat>> = {
  leadprosper,
};
