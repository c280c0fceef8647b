// Fetches a lead that a platform announced, and takes it in. A step of the workflow `fetchLead`:
// what it throws is tried again by the workflow's policy, unless it is final.

import { createHash } from 'node:crypto';
import { ApplicationFailure } from '@temporalio/activity';

import { findNotice, type Notice, type NoticeId, recordNotice } from '../../db/intake/notices.ts';
import type { Pool } from '../../db/pool.ts';
import type { LeadId } from '../../domain/ids.ts';
import type { Door } from '../../domain/world/door.ts';
import type { World } from '../../domain/world/world.ts';
import type { Send } from '../http.ts';
import type { ReadSecret } from '../parcel.ts';
import { createGraph } from './graph.ts';
import { linkedin } from './linkedin.ts';
import type { FetchPlatform } from './platform.ts';

export interface FetchDeps {
  readonly pool: Pool;
  readonly send: Send;
  readonly readSecret: ReadSecret;
  /** Where Meta's Graph is, with its version and without a slash at the end. */
  readonly metaGraphUrl: string;
  currentWorld(): World;
  /** Takes in what was fetched at a door, once for each notice. */
  takeFetched(notice: Notice, door: Door, body: string): Promise<TakenFetched>;
  /** Tells the operator that leads wait until something is mended. */
  alert(says: string, about: Readonly<Record<string, string>>): void;
}

export type TakenFetched =
  | { readonly kind: 'taken'; readonly leadId: LeadId }
  /** `again`: it may be another thing later. */
  | { readonly kind: 'refused'; readonly says: string; readonly again: boolean };

const TIMEOUT_MS = 15_000;
/** How often it is looked whether a token that was refused has been replaced. */
const NEW_TOKEN_EVERY = '1 minute';

export function createFetchActivities(deps: FetchDeps) {
  const platforms: Readonly<Record<string, FetchPlatform>> = {
    meta: createGraph(deps.metaGraphUrl),
    linkedin,
  };
  /** Of tokens that were refused: nobody is asked again with them. */
  const refusedTokens = new Set<string>();

  async function fail(id: NoticeId, says: string): Promise<ApplicationFailure> {
    await recordNotice(deps.pool, id, { state: 'failed', detail: says });
    return ApplicationFailure.nonRetryable(says, 'FetchRefused');
  }

  async function stop(notice: Notice, says: string): Promise<ApplicationFailure> {
    await recordNotice(deps.pool, notice, { state: 'stopped', detail: says });
    return ApplicationFailure.create({
      message: says,
      type: 'FetchStopped',
      nextRetryDelay: NEW_TOKEN_EVERY,
    });
  }

  return {
    /** Returns the lead that came of it. One that was fetched before is not asked for again. */
    async fetchNotice(id: NoticeId): Promise<{ readonly leadId: LeadId }> {
      const notice = await findNotice(deps.pool, id);
      if (notice?.leadId) return { leadId: notice.leadId };
      const source = notice && deps.currentWorld().sources[notice.sourceId];
      const door = notice && source?.doors[notice.door];
      const platform = platforms[id.platform];
      if (!notice || !platform || door?.format !== notice.platform) {
        throw await fail(id, 'the door is not in the world any more');
      }
      if (source?.paused) throw await stop(notice, 'the source is paused');

      const tokenRef = platform.tokenRefOf(door);
      if (tokenRef === undefined) throw await stop(notice, 'the door names no token');
      const token = await deps.readSecret(tokenRef);
      if (!token) throw await stop(notice, `the secret ${tokenRef} is not set`);
      const tokenHash = createHash('sha256').update(token).digest('hex');
      const isDead = 'the token is refused: another one is needed';
      if (refusedTokens.has(tokenHash)) throw await stop(notice, isDead);

      const request = platform.buildRequest({ door, externalId: id.externalId, token });
      const reply = platform.readReply(await deps.send(request, { timeoutMs: TIMEOUT_MS }));
      switch (reply.kind) {
        case 'token_refused':
          refusedTokens.add(tokenHash);
          deps.alert(isDead, { source: notice.sourceId, door: notice.door, secret: tokenRef });
          throw await stop(notice, isDead);
        case 'final':
          throw await fail(id, reply.says);
        case 'again':
          await recordNotice(deps.pool, id, { state: 'waiting', detail: reply.says });
          throw ApplicationFailure.retryable(reply.says, 'FetchLater');
        case 'lead':
          return take(notice, door, reply.body);
      }
    },

    /** Writes down that nobody will fetch it any more, so that it is listed and never lost. */
    async giveUpNotice(id: NoticeId): Promise<void> {
      const notice = await findNotice(deps.pool, id);
      if (notice?.state === 'waiting' || notice?.state === 'stopped') {
        await recordNotice(deps.pool, id, { state: 'failed', detail: 'given up' });
      }
      deps.alert('a lead could not be fetched', { platform: id.platform, id: id.externalId });
    },
  };

  async function take(notice: Notice, door: Door, body: string) {
    const taken = await deps.takeFetched(notice, door, body);
    if (taken.kind === 'taken') {
      const { leadId } = taken;
      await recordNotice(deps.pool, notice, { state: 'fetched', detail: null, leadId });
      return { leadId };
    }
    if (!taken.again) throw await fail(notice, taken.says);
    throw ApplicationFailure.retryable(taken.says, 'FetchLater');
  }
}
