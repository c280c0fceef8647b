// Leads that platforms announce: written down, then each fetched by a workflow of its own. What is
// written down while Temporal is away is started by the sweeper.

import type { Logger } from 'pino';

import {
  createFetchActivities,
  type FetchDeps,
  type TakenFetched,
} from '../../activities/fetching/fetch-notice.ts';
import type { Config } from '../../config.ts';
import { keyFor } from '../../api/platforms/take-in.ts';
import {
  claimNotices,
  insertNotices,
  lookAgainSoon,
  type NewNotice,
  type NoticeId,
} from '../../db/intake/notices.ts';
import { draftOf } from '../../intake/doors/draft.ts';
import { readLinkedinLead } from '../../intake/doors/platforms/linkedin-lead.ts';
import { readMetaLead } from '../../intake/doors/platforms/meta.ts';
import type { TemporalCalls } from '../../temporal.ts';
import type { IntakeDesk } from '../intake-desk.ts';
import { startEach } from '../sweeper.ts';
import type { Worlds } from '../worlds.ts';

export type NoticeDesk = ReturnType<typeof createNoticeDesk>;

const MOST_AT_ONCE = 200;
/** What each platform tells of a lead. */
const READERS: Readonly<Record<string, typeof readMetaLead>> = {
  meta: readMetaLead,
  linkedin: readLinkedinLead,
};

/** One desk per process. */
export function createNoticeDesk(
  deps: Pick<FetchDeps, 'pool' | 'send' | 'readSecret'> & {
    readonly config: Pick<Config, 'metaGraphUrl'>;
    readonly log: Logger;
    readonly worlds: Worlds;
    readonly desk: Pick<IntakeDesk, 'acceptLead' | 'distribute'>;
    temporal(): TemporalCalls | undefined;
    readonly onError: (error: unknown) => void;
  },
) {
  const { pool, worlds, onError } = deps;
  const currentWorld = () => worlds.current().world;

  /** Starts the workflows of those whose turn it is. */
  async function sweep(): Promise<void> {
    const temporal = deps.temporal();
    if (!temporal) return;
    const due = await claimNotices(pool, MOST_AT_ONCE);
    const start = (id: NoticeId) => temporal.startFetch(id);
    const late = await startEach(due, start, { onError, isOver: () => false });
    if (late.length > 0) await lookAgainSoon(pool, late);
  }

  return {
    /** The steps of the workflow. */
    activities: createFetchActivities({
      ...{ ...deps, ...deps.config, currentWorld, takeFetched: takeFetched(deps) },
      alert: (says, about) => deps.log.error(about, says),
    }),
    sweep,
    /** Resolves once they are stored; they are fetched after that. */
    async store(notices: readonly NewNotice[]): Promise<void> {
      await insertNotices(pool, notices);
      void sweep().catch(onError);
    },
  };
}

/** Takes in what was fetched, as the world in force reads it; once for each notice. */
function takeFetched(deps: {
  readonly worlds: Worlds;
  readonly desk: Pick<IntakeDesk, 'acceptLead' | 'distribute'>;
  readonly onError: (error: unknown) => void;
}): FetchDeps['takeFetched'] {
  const { worlds, desk, onError } = deps;
  return async (notice, door, body): Promise<TakenFetched> => {
    const { platform, externalId, sourceId } = notice;
    const read = READERS[platform];
    if (!read) throw new Error(`nobody reads leads of ${platform}`);
    const told = read(body, { externalId, door });
    if (told.kind === 'refused') return { kind: 'refused', says: told.says, again: true };
    const draft = draftOf(told, { sourceId, door, loadedWorld: worlds.current() });
    if ('kind' in draft) return { kind: 'refused', says: draft.says, again: false };
    const accepted = await desk.acceptLead(draft, keyFor(platform, externalId));
    if (accepted.kind === 'new') void desk.distribute(accepted.leadId).catch(onError);
    return { kind: 'taken', leadId: accepted.leadId };
  };
}
