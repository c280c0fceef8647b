// Retains the certificates of sold leads. It costs money, cannot be taken back and is of use to
// buyers only: so it is done after the sale, until it is certain or too late. To retain one twice
// changes nothing at the service.

import {
  claimCertificates,
  type DueCertificate,
  dropCertificate,
} from '../../db/lookups/certificates.ts';
import type { Pool } from '../../db/pool.ts';
import { storeVerdicts } from '../../db/verdicts.ts';
import type { Check } from '../../domain/lead.ts';
import { UNANSWERED } from '../../domain/reasons.ts';
import type { CaseBook } from '../cases.ts';
import { questionOf } from './question.ts';
import type { LookupDesk } from './desk.ts';

const AT_ONCE = 20;
/** Ten seconds, then four times as long each, an hour at most: for three days. */
const MOST_TRIES = 75;

/** One per process. */
export function createRetainer(deps: {
  readonly pool: Pool;
  readonly cases: CaseBook;
  readonly lookups: Pick<LookupDesk, 'retain'>;
  readonly onError: (error: unknown) => void;
}) {
  const { pool, cases, lookups } = deps;

  async function retain({ leadId, lookup: name, tries }: DueCertificate): Promise<void> {
    const { lead, loaded, campaign } = await cases.of(leadId);
    const lookup = campaign.lookups[name];
    const fields = loaded.world.verticals[campaign.vertical]?.fields ?? {};
    const question = lookup && questionOf(lookup, { lead, fields });
    if (!lookup || !question) return dropCertificate(pool, { leadId, lookup: name });
    const names = { leadId, sourceId: lead.sourceId };
    const came = await lookups.retain(lookup, question, names);
    const isKnown = came.kind === 'clear' || came.kind === 'bad';
    if (!isKnown && tries < MOST_TRIES) return;
    const says = came.kind === 'none' ? `given up: ${UNANSWERED[came.why]}` : came.says;
    const check = `lookup/${name}/retained` as const;
    const verdict: Check = { check, ok: came.kind === 'clear', says };
    const verdicts = [{ step: check, verdict }];
    await storeVerdicts(pool, { leadId, round: 1, verdicts });
    await dropCertificate(pool, { leadId, lookup: name });
  }

  return {
    /** Retains those whose turn it is. */
    async sweep(): Promise<void> {
      const due = await claimCertificates(pool, AT_ONCE);
      await Promise.all(due.map((one) => retain(one).catch(deps.onError)));
    },
  };
}
