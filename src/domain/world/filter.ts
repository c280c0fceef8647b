// Which leads a contract wants, as a tree of tests over the facts of a lead.

import type { FieldValue } from './world.ts';

export type Filter =
  | { readonly kind: 'all'; readonly of: readonly Filter[] }
  | { readonly kind: 'any'; readonly of: readonly Filter[] }
  | { readonly kind: 'not'; readonly of: Filter }
  | { readonly kind: 'test'; readonly field: string; readonly test: FilterTest };

/** `field` is a field of the vertical, or a derived fact: age, score, source, sub_source. */
export type FilterTest =
  | { readonly op: 'is' | 'is_not'; readonly value: FieldValue }
  | { readonly op: 'in' | 'not_in'; readonly values: readonly FieldValue[] }
  | { readonly op: 'at_least' | 'at_most' | 'above' | 'below'; readonly value: number | string }
  | { readonly op: 'contains' | 'starts_with' | 'matches'; readonly value: string }
  | { readonly op: 'exists'; readonly value: boolean };
