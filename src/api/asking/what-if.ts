// The route of what-ifs: the leads of a period run again in the world that is sent, told line by
// line as it goes. One at a time in each process: it takes a core for seconds.

import { once } from 'node:events';
import type { Request, Response } from 'express';

import { DAY_MS } from '../../domain/calendar.ts';
import type { Period } from '../../db/reading/recorded-leads.ts';
import type { ShapeError } from '../../intake/shape.ts';
import { createEligibility } from '../../eligibility/explain.ts';
import { parseWorld } from '../../world/parse.ts';
import { invalidWorld, MAX_WORLD_BYTES, readDocument } from '../config/documents.ts';
import type { ApiDeps } from '../deps.ts';
import { expectShape } from '../http/expect.ts';
import type { Route } from '../http/routes.ts';
import { faultOf, Problem, problemBody, toProblem } from '../problems.ts';
import { durationMs } from '../../world/schema/settings.ts';
import { SPAN, type WhatIfLine, type WhatIfQuery, whatIfQuery } from '../wire/what-if.ts';
import { runWhatIf, type WhatIf } from './what-if-run.ts';

/** Some half a minute of a core. */
const MAX_LEADS = 50_000;
const MAX_DAYS = 31;

export function createWhatIfRoutes(deps: ApiDeps): readonly Route[] {
  let running = false;
  return [
    {
      method: 'post',
      path: '/v1/what-if',
      access: 'operator',
      maxBodyBytes: MAX_WORLD_BYTES,
      handle: async (req, res) => {
        const asked = readQuestion(deps, req);
        if (running) throw new Problem('what_if_running', { headers: { 'Retry-After': '10' } });
        running = true;
        try {
          const of = await countLeads(deps, asked.period);
          await sendLines(runWhatIf(deps, { ...asked, of }), { req, res });
        } finally {
          running = false;
        }
      },
    },
  ];
}

function readQuestion(deps: ApiDeps, req: Request): Omit<WhatIf, 'of'> {
  const query = expectShape(whatIfQuery, req.query);
  const period = periodOf(query, Date.now());
  const parsed = parseWorld(readDocument(req), Date.now());
  if (!parsed.ok) throw invalidWorld(parsed.errors);
  const { world } = parsed;
  const { campaign, leads } = query;
  // One that is in neither is a slip; one that is gone from the new world is a question.
  const known = { ...deps.currentWorld().world.campaigns, ...world.campaigns };
  if (campaign !== undefined && !Object.hasOwn(known, campaign)) {
    throw new Problem('unknown_campaign');
  }
  const rules = { world, eligibility: createEligibility(world) };
  return { rules, period, campaign, tellsLeads: leads === 'true' };
}

function periodOf({ since = '24h', until }: WhatIfQuery, nowMs: number): Period {
  const fromMs = instantOf(since, nowMs);
  const toMs = until === undefined ? nowMs : instantOf(until, nowMs);
  if (fromMs >= toMs) {
    throw refuse({ field: 'since', says: 'not before `until`', fix: 'name an earlier time' });
  }
  if (toMs - fromMs > MAX_DAYS * DAY_MS) {
    const says = `more than ${MAX_DAYS} days before \`until\``;
    throw refuse({ field: 'since', says, fix: 'ask about a shorter period' });
  }
  return { from: new Date(fromMs), to: new Date(toMs) };
}

/** An instant, or a span before now. */
function instantOf(text: string, nowMs: number): number {
  return SPAN.test(text) ? nowMs - durationMs(text) : Date.parse(text);
}

async function countLeads(deps: ApiDeps, period: Period): Promise<number> {
  const leads = await deps.history.countRecorded(period);
  if (leads <= MAX_LEADS) return leads;
  const says = `the period has ${leads} leads, at most ${MAX_LEADS} are run again at once`;
  throw refuse({ field: 'since', says, fix: 'ask about a shorter period' });
}

function refuse(error: ShapeError): Problem {
  return new Problem('invalid_request', { errors: [error] });
}

/** Sends lines as they come, and stops the work when nobody listens any more. */
async function sendLines(
  lines: AsyncGenerator<WhatIfLine>,
  { req, res }: { readonly req: Request; readonly res: Response },
): Promise<void> {
  const gone = new AbortController();
  res.on('close', () => gone.abort());
  try {
    for await (const line of lines) {
      if (gone.signal.aborted) return;
      // Until here a fault is answered as everywhere.
      if (!res.headersSent) res.type('application/x-ndjson');
      if (!res.write(`${JSON.stringify(line)}\n`)) {
        await once(res, 'drain', { signal: gone.signal });
      }
    }
  } catch (thrown) {
    if (gone.signal.aborted) return;
    if (!res.headersSent) throw thrown;
    // The status is sent: what went wrong is the last line, and stands in the log.
    res.locals['fault'] = faultOf(thrown);
    res.write(`${JSON.stringify({ error: problemBody(toProblem(thrown), String(req.id)) })}\n`);
  }
  res.end();
}
