// What the activities are given: connections and functions, opened and wired by the entry files.

import type { Pool } from '../db/pool.ts';
import type { EndpointKey } from '../domain/delivering/endpoint.ts';
import type { LeadId } from '../domain/ids.ts';
import type { LeadOutcome } from '../domain/lead.ts';
import type { ScoreModel } from '../domain/scoring/history-score.ts';
import type { CallEvent } from '../domain/transfers/call.ts';
import type { Transfer } from '../domain/transfers/settings.ts';
import type { CapDesk } from './cap-desk.ts';
import type { CaseBook } from './cases.ts';
import type { Tokens } from './delivering/host.ts';
import type { SendMail } from './delivering/mail.ts';
import type { Upload } from './delivering/sftp.ts';
import type { Send } from './http.ts';
import type { LookupDesk } from './lookups/desk.ts';
import type { ReadSecret } from './parcel.ts';
import type { Grader } from './scoring/grader.ts';

export interface ActivityDeps {
  readonly pool: Pool;
  readonly cases: CaseBook;
  readonly desk: CapDesk;
  readonly send: Send;
  /** What pushes need beside HTTP. */
  readonly carriers: { readonly mail: SendMail; readonly upload: Upload };
  readonly readSecret: ReadSecret;
  /** Access tokens of receivers, kept until they end. */
  readonly tokens: Tokens;
  readonly grader: Grader;
  readonly lookups: Pick<LookupDesk, 'ask'>;
  readonly pushes: PushWatch;
  readonly calls: CallDesk;
  /** What history teaches, in the version in force; undefined while it teaches too little. */
  scoreModel(): ScoreModel | undefined;
  /** Hands an outcome to the request that waits in this process, if one does. */
  giveAnswer(leadId: LeadId, answer: LeadOutcome | 'pending'): void;
  /** Names this process among those that share the database. */
  readonly process: string;
  now(): number;
}

/** What phone calls to buyers need. */
export interface CallDesk {
  /** Where Twilio reaches this installation; absent: no call can be made. */
  readonly publicUrl?: string | undefined;
  /** Tells the run of a call, which begins with the first thing it is told. */
  tell(transfer: Transfer, event: CallEvent): Promise<void>;
}

/** What pushes after a sale ask for, and whom they tell. */
export interface PushWatch {
  /** From 0 up to 1: spreads repeats over time. */
  random(): number;
  /** How a try ended: `delivered`, `retry`, `failed`, `unclear`, or `held` before it began. */
  count(outcome: 'delivered' | 'retry' | 'failed' | 'unclear' | 'held'): void;
  /** An endpoint is held back or disabled from now on. */
  onUnwell(
    endpoint: EndpointKey & {
      readonly state: 'open' | 'disabled';
      readonly detail: string;
    },
  ): void;
}
