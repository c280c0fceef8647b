// What a language model said about leads, one row per lead: also what came too late for its
// routing, and calls that brought nothing. Without the person, like what was asked.

import type { LeadId } from '../../domain/ids.ts';
import type { FallbackReason } from '../../domain/reasons.ts';
import type { GradeFlag } from '../../domain/scoring/grade.ts';
import type { Tx } from '../pool.ts';

export interface GradeRow {
  readonly leadId: LeadId;
  readonly outcome: 'graded' | FallbackReason;
  readonly adjustment: number | null;
  readonly flags: readonly GradeFlag[];
  readonly reason: string | null;
  readonly model: string;
  readonly promptVersion: number;
  /** Of what was asked, in hex. */
  readonly sha256: string;
  readonly requestId: string | null;
  /** 0 where the same question had been answered before. */
  readonly ms: number;
  readonly tokens: number;
}

/** Stores what came of a lead's call. Of a lead that ran twice, a grade wins over none. */
export async function storeGrade(db: Tx, row: GradeRow): Promise<void> {
  await db.query({
    name: 'grades.store',
    text: `insert into ai_grades (lead_id, outcome, adjustment, flags, reason, model,
             prompt_version, asked_sha256, request_id, ms, tokens)
           values ($1, $2, $3, $4, $5, $6, $7, decode($8, 'hex'), $9, $10, $11)
           on conflict (lead_id) do update set
             outcome = excluded.outcome, adjustment = excluded.adjustment, flags = excluded.flags,
             reason = excluded.reason, model = excluded.model,
             prompt_version = excluded.prompt_version, asked_sha256 = excluded.asked_sha256,
             request_id = excluded.request_id, ms = excluded.ms, graded_at = now(),
             tokens = ai_grades.tokens + excluded.tokens
           where ai_grades.outcome <> 'graded'`,
    values: [
      row.leadId,
      row.outcome,
      row.adjustment,
      row.flags,
      row.reason,
      row.model,
      row.promptVersion,
      row.sha256,
      row.requestId,
      row.ms,
      row.tokens,
    ],
  });
}

/** The tokens used from an instant on. */
export async function readTokens(db: Tx, since: Date): Promise<number> {
  const found = await db.query<{ tokens: number }>({
    name: 'grades.read_tokens',
    text: `select coalesce(sum(tokens), 0)::bigint as tokens from ai_grades where graded_at >= $1`,
    values: [since],
  });
  return found.rows[0]?.tokens ?? 0;
}
