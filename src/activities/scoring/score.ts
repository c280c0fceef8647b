// What a lead is worth: by our own history where there is enough of it, else by the rules; and at
// most ten points more or less by a grade, if one comes in time.

import type { LeadId } from '../../domain/ids.ts';
import type { Score } from '../../domain/lead.ts';
import { scoreLead } from '../../domain/score.ts';
import { isDisposable } from '../../eligibility/leads/disposable.ts';
import { type Evidence, scoreByHistory } from '../../domain/scoring/history-score.ts';
import { facetsOf } from '../../domain/scoring/facets.ts';
import { factFieldsOf } from '../../domain/facts.ts';
import type { Case } from '../cases.ts';
import { withGrade, withoutGrade } from '../../domain/scoring/grade.ts';
import type { ActivityDeps } from '../deps.ts';

export function createScoreActivities({ cases, grader, scoreModel }: ActivityDeps) {
  return {
    /** Scores a lead. The stored score is returned where there is one. */
    async scoreLead(leadId: LeadId): Promise<Score> {
      const known = await cases.of(leadId);
      const stored = known.stored.get('score') as Score | undefined;
      if (stored) return stored;
      const { lead, loaded, campaign } = known;
      const vertical = loaded.world.verticals[campaign.vertical];
      if (!vertical) throw new Error(`no vertical ${campaign.vertical}`);
      const byRules = scoreLead({ lead, vertical, atMs: lead.receivedAtMs, isDisposable });
      const model = campaign.scoring.by === 'history' ? scoreModel() : undefined;
      const score = model ? scoreByHistory(model, evidenceOf(known, byRules.score)) : byRules;
      const graded = await grader.awaitGrade(known);
      if (graded.kind === 'unused') return score;
      if (graded.kind === 'none') return withoutGrade(score, graded.fallback);
      return withGrade(score, graded.grade, graded.model);
    },
  };
}

function evidenceOf({ lead, loaded, campaign: { vertical } }: Case, rules: number): Evidence {
  const stateField = factFieldsOf(loaded.world.verticals[vertical]?.fields ?? {}).state;
  return { facets: facetsOf(lead, { vertical, stateField }), rules };
}
