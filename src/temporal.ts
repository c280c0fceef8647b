// Temporal as plain functions: connecting, queues, workflow ids, and what is asked of workflows.

import { readFile } from 'node:fs/promises';
import {
  Client,
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
  type WorkflowStartOptions,
  WithStartWorkflowOperation,
} from '@temporalio/client';
import { defineSearchAttributeKey, TypedSearchAttributes, type Workflow } from '@temporalio/common';
import { NativeConnection } from '@temporalio/worker';
import type { Config } from './config.ts';
import {
  type CapDecision,
  type CapOp,
  type CapsSeed,
  type CapsState,
  emptyCaps,
} from './domain/caps/caps.ts';
import { type BuyerId, type LeadId, type OfferKey, teamOf } from './domain/ids.ts';
import type { CallEvent } from './domain/transfers/call.ts';
import type { Transfer } from './domain/transfers/settings.ts';
import type { buyerCaps } from './workflows/buyer-caps.ts';
import type { distributeLead } from './workflows/distribute-lead.ts';
import type { Announced, fetchLead } from './workflows/fetch-lead.ts';
import {
  apply,
  callTold,
  type Distribution,
  type Redelivery,
  seed as seedUpdate,
  snapshot,
} from './workflows/messages.ts';
import type { redeliverLead } from './workflows/redeliver.ts';
import type { BatchDue, sendBatch } from './workflows/send-batch.ts';
import type { transferCall } from './workflows/transfer-call.ts';

export const LEADS_QUEUE = 'sluice-leads';
/** Caps have a queue of their own: sharing one, waiting leads starve the caps they wait for. */
export const CAPS_QUEUE = 'sluice-caps';

// A lead whose process is killed is taken up again when its task times out: 2.5 s, not 9.4 s.
const LEAD_TASK_TIMEOUT = '3s';
const CAPS_TASK_TIMEOUT = '2s';
/** A start that takes longer than this answers 202; the sweeper sees to the lead. */
const START_DEADLINE_MS = 2_000;
/** Twilio waits for its answer, and the person at the phone with it. */
const TELL_DEADLINE_MS = 900;
const CAPS_DEADLINE_MS = 3_000;

/** The path by which operators find a lead's workflow. */
export function leadWorkflowId(leadId: LeadId): string {
  return `lead/${leadId}`;
}

/** The path by which operators find what fetches an announced lead. */
export function fetchWorkflowId({ platform, externalId }: Announced): string {
  return `fetch/${platform}/${externalId}`;
}

/** The path by which operators find what sends a batch. */
export function batchWorkflowId({ contractId, target, dueAtMs }: BatchDue): string {
  return `batch/${contractId}/${target}/${new Date(dueAtMs).toISOString()}`;
}

/** The path by which operators find the repeat of a push. */
export function redeliveryWorkflowId({ leadId, contractId, target, n }: Redelivery): string {
  return `redeliver/${leadId}/${contractId}/${target}/${n}`;
}

/** The path by which operators find a call. */
export function transferWorkflowId({ leadId, contractId, round }: OfferKey): string {
  return `transfer/${leadId}/${contractId}/${round}`;
}

/** The path of a buyer's caps. The members of a team share one entity. */
export function capsWorkflowId(buyerId: BuyerId): string {
  return `buyer-caps/${teamOf(buyerId)}`;
}

/** One connection for client and Workers alike: without that, no workflow starts eagerly. */
export async function connectTemporal(settings: Config['temporal']): Promise<NativeConnection> {
  const { address, apiKey, tls } = settings;
  const read = (path: string | undefined) => (path ? readFile(path) : undefined);
  const [crt, key, ca] = await Promise.all([read(tls.cert), read(tls.key), read(tls.ca)]);
  const wantsTls = apiKey !== undefined || ca !== undefined || crt !== undefined;
  return NativeConnection.connect({
    ...(address !== undefined && { address }),
    ...(apiKey !== undefined && { apiKey }),
    // Inside one data centre the bytes cost less than the packing: up to 15 % of a lead's CPU.
    ...(!wantsTls && { grpcCompression: { codec: 'none' } }),
    ...(wantsTls && {
      tls: {
        ...(ca && { serverRootCACertificate: ca }),
        ...(crt && key && { clientCertPair: { crt, key } }),
      },
    }),
  });
}

export type TemporalCalls = ReturnType<typeof createTemporalCalls>;

/** What Sluice asks of Temporal. */
export function createTemporalCalls(connection: NativeConnection, namespace: string) {
  const client = new Client({ connection, namespace });
  const within = <T>(ms: number, call: () => Promise<T>) =>
    client.withDeadline(Date.now() + ms, call);

  /** One that runs already is success. */
  async function startOnce<T extends Workflow>(
    type: string,
    how: Omit<WorkflowStartOptions<T>, 'taskQueue'>,
  ): Promise<void> {
    const options = { ...how, taskQueue: LEADS_QUEUE } as WorkflowStartOptions<T>;
    try {
      await within(START_DEADLINE_MS, () => client.workflow.start<T>(type, options));
    } catch (cause) {
      if (!(cause instanceof WorkflowExecutionAlreadyStartedError)) throw cause;
    }
  }

  return {
    client,

    /** Starts the lead's workflow; one that runs or has ended well already is success. */
    async startDistribution(lead: Distribution): Promise<{ readonly eager: boolean }> {
      try {
        const handle = await within(START_DEADLINE_MS, () =>
          client.workflow.start<typeof distributeLead>('distributeLead', {
            workflowId: leadWorkflowId(lead.leadId),
            taskQueue: LEADS_QUEUE,
            args: [lead],
            requestEagerStart: true,
            workflowTaskTimeout: LEAD_TASK_TIMEOUT,
            workflowIdReusePolicy: 'ALLOW_DUPLICATE_FAILED_ONLY',
            staticSummary: `${lead.campaign} from ${lead.source}`,
            typedSearchAttributes: attributesOf(lead),
          }),
        );
        return { eager: handle.eagerlyStarted };
      } catch (cause) {
        if (cause instanceof WorkflowExecutionAlreadyStartedError) return { eager: false };
        throw cause;
      }
    },

    /** Starts fetching an announced lead, again where it was given up; under way is success. */
    startFetch: (announced: Announced): Promise<void> =>
      startOnce<typeof fetchLead>('fetchLead', {
        workflowId: fetchWorkflowId(announced),
        args: [announced],
        // A notice that a person has put back: what was fetched is never fetched again.
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
        staticSummary: `a lead at ${announced.platform}`,
      }),

    /** Starts sending a batch; what is under way or has ended already is success. */
    startBatch: (due: BatchDue): Promise<void> =>
      startOnce<typeof sendBatch>('sendBatch', {
        workflowId: batchWorkflowId(due),
        args: [due],
        workflowIdReusePolicy: 'ALLOW_DUPLICATE_FAILED_ONLY',
        staticSummary: `${due.contractId}: sold leads for ${due.target}`,
      }),

    /** Starts the repeat of a push; one that is under way or has ended already is success. */
    startRedelivery: (asked: Redelivery): Promise<void> =>
      startOnce<typeof redeliverLead>('redeliverLead', {
        workflowId: redeliveryWorkflowId(asked),
        args: [asked],
        workflowIdReusePolicy: 'ALLOW_DUPLICATE_FAILED_ONLY',
        staticSummary: `${asked.contractId}/${asked.target} again, for ${asked.by}`,
      }),

    /** Tells the run of a call, which is begun if there is none; one that has ended is success. */
    async tellTransfer(transfer: Transfer, event: CallEvent): Promise<void> {
      const { contractId, leadId } = transfer;
      const start = {
        workflowId: transferWorkflowId(transfer),
        taskQueue: LEADS_QUEUE,
        args: [transfer] as [Transfer],
        signal: callTold,
        signalArgs: [event] as [CallEvent],
        workflowIdReusePolicy: 'ALLOW_DUPLICATE_FAILED_ONLY',
        staticSummary: `${leadId} to ${contractId} by phone`,
      } as const;
      try {
        await within(TELL_DEADLINE_MS, () =>
          client.workflow.signalWithStart<typeof transferCall, [CallEvent]>('transferCall', start),
        );
      } catch (cause) {
        if (!(cause instanceof WorkflowExecutionAlreadyStartedError)) throw cause;
      }
    },

    /** Applies a batch to a buyer's entity, which is begun if there is none. */
    async applyCaps(
      buyerId: BuyerId,
      ops: readonly CapOp[],
      updateId: string,
    ): Promise<CapDecision[]> {
      const update = { args: [ops] as [readonly CapOp[]], updateId };
      return within(CAPS_DEADLINE_MS, async () => {
        try {
          const handle = client.workflow.getHandle(capsWorkflowId(buyerId));
          return await handle.executeUpdate(apply, update);
        } catch (cause) {
          if (!(cause instanceof WorkflowNotFoundError)) throw cause;
          const startWorkflowOperation = new WithStartWorkflowOperation<typeof buyerCaps>(
            'buyerCaps',
            {
              workflowId: capsWorkflowId(buyerId),
              taskQueue: CAPS_QUEUE,
              args: [emptyCaps()],
              workflowTaskTimeout: CAPS_TASK_TIMEOUT,
              workflowIdConflictPolicy: 'USE_EXISTING',
              staticSummary: `caps of ${teamOf(buyerId)}`,
            },
          );
          return client.workflow.executeUpdateWithStart(apply, {
            ...update,
            startWorkflowOperation,
          });
        }
      });
    },

    /** Seeds an entity; a seed that it has already had changes nothing. */
    async seedCaps(buyerId: BuyerId, seed: CapsSeed): Promise<void> {
      const handle = client.workflow.getHandle(capsWorkflowId(buyerId));
      await within(CAPS_DEADLINE_MS, () => handle.executeUpdate(seedUpdate, { args: [seed] }));
    },

    /** The whole state of a buyer's caps, a copy; undefined where there is no entity yet. */
    async readCaps(buyerId: BuyerId): Promise<CapsState | undefined> {
      try {
        const handle = client.workflow.getHandle(capsWorkflowId(buyerId));
        return await within(CAPS_DEADLINE_MS, () => handle.query(snapshot));
      } catch (cause) {
        if (cause instanceof WorkflowNotFoundError) return undefined;
        throw cause;
      }
    },

    /** Tells a lead's workflow something. A workflow that has ended needs to hear nothing. */
    async signalLead(leadId: LeadId, name: string, payload: unknown): Promise<void> {
      try {
        const handle = client.workflow.getHandle(leadWorkflowId(leadId));
        await within(START_DEADLINE_MS, () => handle.signal(name, payload));
      } catch (cause) {
        if (!(cause instanceof WorkflowNotFoundError)) throw cause;
      }
    },

    /** True when the server answers. */
    async isUp(): Promise<boolean> {
      try {
        await within(1_000, () => connection.workflowService.getSystemInfo({}));
        return true;
      } catch {
        return false;
      }
    },
  };
}

const keyword = (name: string) => defineSearchAttributeKey(name, 'KEYWORD');
const CAMPAIGN = keyword('Campaign');
const SOURCE = keyword('Source');

/** What is known at the start; the status is set once, at the end or in doubt. */
function attributesOf({ campaign, source }: Distribution): TypedSearchAttributes {
  return new TypedSearchAttributes([
    { key: CAMPAIGN, value: campaign },
    { key: SOURCE, value: source },
  ]);
}
