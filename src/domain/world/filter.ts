// Which leads a contract wants, as a tree of tests over the facts of a lead.

import type { Region } from './regions.ts';
import type { FieldValue } from './world.ts';

export type Filter =
  | { readonly kind: 'all'; readonly of: readonly Filter[] }
  | { readonly kind: 'any'; readonly of: readonly Filter[] }
  | { readonly kind: 'not'; readonly of: Filter }
  | { readonly kind: 'test'; readonly field: string; readonly test: FilterTest };

/** `field` is a field of the vertical, or a derived fact of src/domain/facts.ts. */
export type FilterTest =
  | { readonly op: 'is' | 'is_not'; readonly value: FieldValue }
  | { readonly op: 'in' | 'not_in'; readonly values: readonly FieldValue[] }
  | { readonly op: 'at_least' | 'at_most' | 'above' | 'below'; readonly value: number | string }
  | { readonly op: 'contains'; readonly value: string; readonly whole: Whole }
  | {
      readonly op: 'contains_any' | 'contains_all';
      readonly values: readonly string[];
      readonly whole: Whole;
    }
  | { readonly op: 'starts_with' | 'matches'; readonly value: string }
  /** Zips, ranges and beginnings: `10001`, `78700-78799`, `787*`. */
  | { readonly op: 'in_zips'; readonly zips: readonly string[] }
  | { readonly op: 'within'; readonly miles: number; readonly of: Centre }
  | { readonly op: 'in_region'; readonly regions: readonly Region[] }
  | { readonly op: 'exists'; readonly value: boolean };

/** Whether text is found anywhere, or only where letters and digits around it end. */
export type Whole = 'anywhere' | 'words';

/** The centre of a circle: the place of a zip, or degrees north and east. */
export type Centre =
  | { readonly kind: 'zip'; readonly zip: string }
  | { readonly kind: 'point'; readonly lat: number; readonly lon: number };
