// The leads of a batch as rows of one table.

import type { Push } from '../targets/target.ts';
import { mapped, type Source } from '../targets/mapping.ts';
import type { Row } from './csv.ts';

type Mapping = Readonly<Record<string, Source>>;

/** One lead: what the mapping names, or every field that the delivery may carry. */
export function rowOf(mapping: Mapping, push: Push): Row {
  return Object.keys(mapping).length > 0 ? mapped(mapping, push) : push.parcel.fields;
}

/** Many leads. Without a mapping each row begins with the lead's id. */
export function rowsOf(mapping: Mapping, pushes: readonly Push[]): readonly Row[] {
  const isMapped = Object.keys(mapping).length > 0;
  return pushes.map((push) => {
    const row = rowOf(mapping, push);
    return isMapped ? row : { lead_id: push.parcel.leadId, ...row };
  });
}

/** Every column that any row has, in the order in which they first come. */
export function columnsOf(mapping: Mapping, rows: readonly Row[]): readonly string[] {
  if (Object.keys(mapping).length > 0) return Object.keys(mapping);
  return [...new Set(rows.flatMap((row) => Object.keys(row)))];
}
