// The lot that decides between equal bidders where the operator wants them to share evenly.

import type { ContractId, LeadId } from '../ids.ts';

/**
 * A contract's lot for one lead, 0 to 2^32 - 1; the lowest goes first. The same lead and contract
 * draw the same lot on every run, and over many leads each contract is first equally often. Not a
 * secret: a buyer that knew a lead's id beforehand could work it out.
 */
export function lotOf(leadId: LeadId, contractId: ContractId): number {
  let hash = 0x811c9dc5;
  const text = `${leadId}/${contractId}`;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  // FNV leaves ids that differ at the end close together: the finish of MurmurHash3 spreads them.
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
