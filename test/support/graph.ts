// A stand-in for Meta's Graph: a real server with leads, which can misbehave. It keeps what it was
// asked for, in order.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What Graph does with a lead: hands it out, answers with an error, or says nothing at all. */
export type GraphAnswer =
  | { readonly lead: Readonly<Record<string, unknown>> }
  | { readonly code: number; readonly subcode?: number; readonly status?: number }
  | { readonly text: string; readonly status: number }
  | 'hangs';

export interface Graph {
  /** With the version, as `SLUICE_META_GRAPH_URL` is set. */
  readonly url: string;
  /** `host:port`. */
  readonly address: string;
  /** The ids that were asked for. */
  readonly asked: string[];
  /** The answers to come for a lead, the last one again and again. */
  will(leadgenId: string, ...answers: GraphAnswer[]): void;
  close(): Promise<void>;
}

/** Only this token is good. */
export const PAGE_TOKEN = 'page token';

/** Starts it on a free port. */
export async function startGraph(): Promise<Graph> {
  const asked: string[] = [];
  const answers = new Map<string, GraphAnswer[]>();

  function answer(req: IncomingMessage, res: ServerResponse): void {
    const url = new URL(req.url ?? '', 'http://graph');
    const id = /^\/v25\.0\/(\d+)$/.exec(url.pathname)?.[1] ?? '';
    asked.push(id);
    const next = answers.get(id) ?? [{ code: 100, subcode: 33 }];
    const [now = 'hangs'] = next.length > 1 ? next.splice(0, 1) : next;
    if (now === 'hangs') return;
    if (req.headers.authorization !== `Bearer ${PAGE_TOKEN}`) return fail(res, { code: 190 });
    if ('code' in now) return fail(res, now);
    if ('text' in now) return void res.writeHead(now.status).end(now.text);
    // As Graph: without `fields` there is next to nothing in it.
    const fields = url.searchParams.get('fields')?.split(',') ?? ['id', 'created_time'];
    const shown = Object.entries({ id, ...now.lead }).filter(([name]) => fields.includes(name));
    send(res, 200, Object.fromEntries(shown));
  }

  const server = createServer(answer);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: `http://${address}/v25.0`,
    address,
    asked,
    will: (leadgenId, ...next) => void answers.set(leadgenId, next),
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

function fail(
  res: ServerResponse,
  { code, subcode = 0, status = 400 }: { code: number; subcode?: number; status?: number },
): void {
  const error = { message: 'no', type: 'OAuthException', code, error_subcode: subcode };
  send(res, status, { error: { ...error, fbtrace_id: 'A1' } });
}

function send(res: ServerResponse, status: number, body: object): void {
  res.writeHead(status, { 'content-type': 'application/json; charset=UTF-8' });
  res.end(JSON.stringify(body));
}

/** A lead as Graph tells it. */
export function graphLead(fields: Readonly<Record<string, string>>): GraphAnswer {
  return {
    lead: {
      created_time: '2026-10-08T09:09:27+0000',
      form_id: '900000000000123',
      campaign_id: '120200000000000501',
      platform: 'ig',
      field_data: Object.entries(fields).map(([name, value]) => ({ name, values: [value] })),
    },
  };
}
