// What this process counts, in the text format of Prometheus.

import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

export type Metrics = ReturnType<typeof createMetrics>;

/** One registry per process. `gauges` are read at the moment they are asked for. */
export function createMetrics(gauges: Readonly<Record<string, { help: string; read(): number }>>) {
  const register = new Registry();
  collectDefaultMetrics({ register });
  for (const [name, { help, read }] of Object.entries(gauges)) {
    new Gauge({
      name,
      help,
      registers: [register],
      collect() {
        this.set(read());
      },
    });
  }
  return {
    text: () => register.metrics(),
    received: new Counter({
      name: 'sluice_leads_received_total',
      help: 'Leads taken in',
      labelNames: ['campaign', 'source'],
      registers: [register],
    }),
    answered: new Counter({
      name: 'sluice_leads_answered_total',
      help: 'Answers given to sources, by what they said',
      labelNames: ['status'],
      registers: [register],
    }),
    refused: createRefusals(register),
    answerSeconds: new Histogram({
      name: 'sluice_answer_seconds',
      help: 'From the stored lead to its answer',
      buckets: [0.025, 0.05, 0.1, 0.2, 0.4, 0.8, 1.5, 3, 6],
      registers: [register],
    }),
    started: new Counter({
      name: 'sluice_workflows_started_total',
      help: 'Lead workflows started; `eager=false` means a queue hop, or a start by the sweeper',
      labelNames: ['eager'],
      registers: [register],
    }),
    aiCalls: new Counter({
      name: 'sluice_ai_calls_total',
      help: 'Calls of Claude, by what came of them: `graded`, or a fallback reason',
      labelNames: ['outcome'],
      registers: [register],
    }),
    aiCallSeconds: new Histogram({
      name: 'sluice_ai_call_seconds',
      help: 'How long calls of Claude took, also those that came too late',
      buckets: [0.1, 0.2, 0.4, 0.6, 0.8, 1.2, 2, 4],
      registers: [register],
    }),
    aiTokens: new Counter({
      name: 'sluice_ai_tokens_total',
      help: 'Tokens that Claude was paid for',
      registers: [register],
    }),
    scoreFallbacks: new Counter({
      name: 'sluice_score_fallbacks_total',
      help: 'Leads scored without a grade, by why',
      labelNames: ['reason'],
      registers: [register],
    }),
    ...lookupMetrics(register),
    ...deliveryMetrics(register),
    events: createEventTries(register),
    startFailures: new Counter({
      name: 'sluice_workflow_start_failures_total',
      help: 'Starts that failed; the sweeper starts these leads',
      registers: [register],
    }),
  };
}

function createRefusals(register: Registry) {
  return new Counter({
    name: 'sluice_refusals_total',
    help: 'Refused before there was a lead, by the door (`api` or a format) and by why',
    labelNames: ['door', 'why'],
    registers: [register],
  });
}

function createEventTries(register: Registry) {
  return new Counter({
    name: 'sluice_event_tries_total',
    help: 'Tries to hand an event to a webhook: taken, failed, or given_up',
    labelNames: ['outcome'],
    registers: [register],
  });
}

function lookupMetrics(register: Registry) {
  const registers = [register];
  return {
    lookups: new Counter({
      name: 'sluice_lookups_total',
      help: 'Lookups of leads, by what they came to, from the cache or not',
      labelNames: ['service', 'outcome', 'cached'],
      registers,
    }),
    lookupCalls: new Counter({
      name: 'sluice_lookup_calls_total',
      help: 'Calls of outside services, also those that came too late',
      labelNames: ['service', 'outcome'],
      registers,
    }),
    lookupSeconds: new Histogram({
      name: 'sluice_lookup_call_seconds',
      help: 'How long calls of outside services took, also those that came too late',
      labelNames: ['service'],
      buckets: [0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4],
      registers,
    }),
    lookupCents: new Counter({
      name: 'sluice_lookup_cents_total',
      help: 'What calls of outside services cost, by the configured prices',
      labelNames: ['service'],
      registers,
    }),
  };
}

function deliveryMetrics(register: Registry) {
  const registers = [register];
  let readStates: (() => Promise<readonly { state: string; count: number }[]>) | undefined;
  const endpoints = new Gauge({
    name: 'sluice_endpoints',
    help: 'Endpoints by their health, of all processes; those that never failed are not counted',
    labelNames: ['state'],
    registers,
    async collect() {
      // While PostgreSQL is away the figure is missing, and the others are not.
      const states = await readStates?.().catch(() => []);
      this.reset();
      for (const { state, count } of states ?? []) this.set({ state }, count);
    },
  });
  return {
    endpoints: {
      gauge: endpoints,
      readBy(read: NonNullable<typeof readStates>): void {
        readStates = read;
      },
    },
    pushes: new Counter({
      name: 'sluice_delivery_tries_total',
      help: 'Tries to push a sold lead, by how they ended; `held` were not sent',
      labelNames: ['outcome'],
      registers,
    }),
  };
}
