// What do outside services say about the lead? All are asked side by side, each waits for its own
// time, and the campaign's policies say what follows.

import type { LeadId } from '../../domain/ids.ts';
import { type DoneLookup, judgeLookups } from '../../domain/lookups/finding.ts';
import type { Lookup } from '../../domain/world/lookup.ts';
import { noteCertificate } from '../../db/lookups/certificates.ts';
import { lookupAdapterOf } from '../../lookups/adapters.ts';
import type { ActivityDeps } from '../deps.ts';
import { phoneOf, questionOf, type Told } from '../lookups/question.ts';
import type { Asked, Found } from './check.ts';
import { forgetPerson } from './person.ts';

/**
 * Asks all services of the campaign. A lead that is refused gives its person back: the next lead of
 * the person is not its duplicate. Test leads ask nobody.
 */
export async function checkLookups(
  { pool, lookups }: Pick<ActivityDeps, 'pool' | 'lookups'>,
  { lead, campaign, loaded }: Asked,
): Promise<Found> {
  const fields = loaded.world.verticals[campaign.vertical]?.fields ?? {};
  const done = await Promise.all(
    Object.entries(campaign.lookups).map(async ([id, lookup]): Promise<DoneLookup> => {
      const { refusal } = lookupAdapterOf(lookup.service);
      return { id, lookup, refusal, ...(await askOne(lookups, lookup, { lead, fields })) };
    }),
  );
  const { checks, refusal, lineType, flags } = judgeLookups(done);
  if (refusal === undefined) {
    await noteCertificates(pool, { leadId: lead.id, done, lookups: campaign.lookups });
    const learned = {
      ...(lineType !== undefined && { lineType }),
      ...(flags.length > 0 && { flags }),
    };
    return { kind: 'passed', checks, ...learned };
  }
  await forgetPerson({ pool }, { lead, campaign });
  return { kind: 'refused', reason: refusal, checks };
}

async function askOne(
  lookups: ActivityDeps['lookups'],
  lookup: Lookup,
  of: Told,
): Promise<Pick<DoneLookup, 'answer' | 'ms' | 'cached'>> {
  const unasked = { ms: 0, cached: false };
  if (of.lead.test) return { answer: { kind: 'none', why: 'test_not_asked' }, ...unasked };
  const question = questionOf(lookup, of);
  if (!question) return { answer: { kind: 'missing' }, ...unasked };
  const asked = await lookups.ask(lookup, question);
  // The fact `phone_type` is about one phone; what was said of another does not count for it.
  if (!('lineType' in asked.answer) || question.value === phoneOf(of)) return asked;
  const { lineType: _, ...answer } = asked.answer;
  return { ...asked, answer };
}

/** Certificates that are good are retained once the lead is sold. */
async function noteCertificates(
  pool: ActivityDeps['pool'],
  {
    leadId,
    done,
    lookups,
  }: {
    readonly leadId: LeadId;
    readonly done: readonly DoneLookup[];
    readonly lookups: Readonly<Record<string, Lookup>>;
  },
): Promise<void> {
  for (const { id, answer } of done) {
    const lookup = lookups[id];
    // What nobody could say now may be said later; what is bad is of no use to a buyer.
    const isAsked = answer.kind !== 'missing' && answer.kind !== 'bad' && !isUnasked(answer);
    if (!lookup || !isAsked) continue;
    const { retain } = lookupAdapterOf(lookup.service).bind(lookup.options);
    if (retain) await noteCertificate(pool, { leadId, lookup: id });
  }
}

function isUnasked(answer: DoneLookup['answer']): boolean {
  return answer.kind === 'none' && answer.why === 'test_not_asked';
}
