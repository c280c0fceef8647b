// One log line per request: an id, the route's pattern, the status, the time. Never a body, a
// header or an address as it was sent: all of them may hold a person or a key.

import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Request, Response } from 'express';
import type { Logger } from 'pino';
import { pinoHttp } from 'pino-http';

import { isLeadId } from '../../domain/ids.ts';

const REQUEST_ID = /^[A-Za-z0-9._-]{1,64}$/;
/** Asked every few seconds by machines. */
const QUIET = new Set(['/health/live', '/health/ready', '/metrics']);

/** Gives each request an id, which the answer carries as `X-Request-Id`, and logs it once. */
export function logRequests(log: Logger) {
  return pinoHttp<Request, Response>({
    logger: log,
    genReqId: requestId,
    wrapSerializers: false,
    quietReqLogger: true,
    quietResLogger: true,
    // What is logged is listed in `lineOf`; headers and addresses are not even read.
    serializers: { req: () => undefined, res: () => undefined, err: () => undefined },
    customLogLevel: (req, res) => levelOf(req, res),
    customSuccessMessage: () => 'request',
    customErrorMessage: () => 'request failed',
    customSuccessObject: (req, res, line: { responseTime: number }) => lineOf(req, res, line),
    customErrorObject: (req, res, _, line: { responseTime: number }) => lineOf(req, res, line),
  });
}

// A caller's own id is kept, so that both sides can search for it; never one that could hold more.
function requestId(req: IncomingMessage, res: ServerResponse): string {
  const sent = req.headers['x-request-id'];
  const id = typeof sent === 'string' && REQUEST_ID.test(sent) ? sent : randomUUID();
  res.setHeader('X-Request-Id', id);
  return id;
}

function levelOf(req: Request, { statusCode }: Response) {
  if (statusCode >= 500) return 'error';
  return QUIET.has(routeOf(req)) ? 'debug' : 'info';
}

function lineOf(req: Request, res: Response, { responseTime }: { responseTime: number }) {
  const { caller, leadId, fault } = res.locals;
  const inPath = req.params?.['leadId'];
  const lead = leadId ?? (typeof inPath === 'string' && isLeadId(inPath) ? inPath : undefined);
  return {
    method: req.method,
    route: routeOf(req),
    status: res.statusCode,
    ms: responseTime,
    ...(caller && { caller }),
    ...(lead && { lead_id: lead }),
    ...(fault && { fault }),
    ...(!res.writableEnded && { aborted: true }),
  };
}

function routeOf(req: Request): string {
  const path: unknown = req.route?.path;
  return typeof path === 'string' ? path : 'none';
}
