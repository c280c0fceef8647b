// A campaign as its source sees it: leads go in over HTTP, and answers come out.

import { randomUUID } from 'node:crypto';
import type { LeadId } from '../../src/domain/ids.ts';
import { until } from './until.ts';
import { personNo, SOURCE_KEY } from './world-draft.ts';

export interface Answer {
  readonly http: number;
  readonly text: string;
  readonly body: Record<string, unknown>;
  readonly headers: Headers;
  readonly ms: number;
  /** What a lead's answer names; of no use in other answers. */
  readonly leadId: LeadId;
}

export interface SubmitOptions {
  /** The Idempotency-Key. */
  readonly key?: string;
  /** The number of the process that is asked. */
  readonly via?: number;
  /** More of the submission, beside its fields. */
  readonly more?: Readonly<Record<string, unknown>>;
}

/** What a source is told, with the HTTP status. */
export interface ToldLead {
  readonly http: number;
  readonly id: LeadId;
  readonly status: 'sold' | 'unsold' | 'rejected' | 'duplicate' | 'pending';
  readonly [more: string]: unknown;
}

export interface CampaignUnderTest {
  readonly id: string;
  /** Submits a person with the given fields changed, and waits for the answer. */
  submitLead(fields?: Record<string, unknown>, options?: SubmitOptions): Promise<ToldLead>;
  /** The same with the whole HTTP answer. */
  submit(fields?: Record<string, unknown>, options?: SubmitOptions): Promise<Answer>;
  /** Asks later what became of a lead. */
  readLead(leadId: LeadId): Promise<Answer>;
  /** Submits, and returns the lead's id once it is stored; nobody waits for the answer. */
  beginLead(fields?: Record<string, unknown>, options?: SubmitOptions): Promise<LeadId>;
}

interface Connections {
  urlOf(via?: number): string;
  rows<Row extends object>(text: string, values?: unknown[]): Promise<Row[]>;
}

let persons = 0;

export function createCampaign(id: string, { urlOf, rows }: Connections): CampaignUnderTest {
  const submit: CampaignUnderTest['submit'] = (fields = {}, { key, via, more } = {}) => {
    persons += 1;
    const body = { campaign: id, fields: { ...personNo(persons), ...fields }, ...more };
    return request({
      url: `${urlOf(via)}/v1/leads`,
      method: 'POST',
      key: SOURCE_KEY,
      body,
      ...(key !== undefined && { headers: { 'idempotency-key': key } }),
    });
  };
  return {
    id,
    submit,
    readLead: (leadId) =>
      request({ url: `${urlOf()}/v1/leads/${leadId}`, method: 'GET', key: SOURCE_KEY }),
    async submitLead(fields, options) {
      const { http, body } = await submit(fields, options);
      return { http, ...body } as ToldLead;
    },
    async beginLead(fields, options = {}) {
      const externalId = randomUUID();
      // The process may be killed while it answers: that is often what the test is about.
      void submit(fields, { ...options, more: { ...options.more, external_id: externalId } }).catch(
        () => undefined,
      );
      const [lead] = await until(`a lead ${externalId} is stored`, async () => {
        const found = await rows<{ id: LeadId }>('select id from leads where external_id = $1', [
          externalId,
        ]);
        return found.length > 0 && found;
      });
      if (!lead) throw new Error('a list with an entry has a first one');
      return lead.id;
    },
  };
}

/** One request with a bearer key. A body that is no text or bytes goes as JSON. */
export async function request(call: {
  readonly url: string;
  readonly method: string;
  readonly key: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}): Promise<Answer> {
  const { url, method, key, body, headers } = call;
  const begunAt = performance.now();
  const raw = typeof body === 'string' || body instanceof Uint8Array;
  const sent = raw ? body : JSON.stringify(body);
  const response = await fetch(url, {
    method,
    headers: {
      authorization: `Bearer ${key}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(sent !== undefined && { body: sent }),
    signal: AbortSignal.timeout(60_000),
  });
  const text = await response.text();
  const ms = performance.now() - begunAt;
  const isJson = /[/+]json\b/.test(response.headers.get('content-type') ?? '');
  const parsed = isJson ? (JSON.parse(text) as Record<string, unknown>) : {};
  const leadId = parsed['id'] as LeadId;
  return { http: response.status, text, body: parsed, headers: response.headers, ms, leadId };
}
