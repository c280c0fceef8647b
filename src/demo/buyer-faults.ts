// The bad manners of stand-in buyers, one per fault, played on a real answer. None of them ever
// sends a whole answer that could be understood; those without an end stop when the caller leaves.

import type { ServerResponse } from 'node:http';
import type { Fault } from './buyer-config.ts';

/** What some faults need to know beside their name. */
export interface FaultSettings {
  readonly status?: number | undefined;
  readonly redirectTo?: string | undefined;
  readonly retryAfter?: string | undefined;
}

const DRIP_MS = 200;
const HUGE_CHUNK = Buffer.alloc(64 * 1024, 'a');
const HUGE_CHUNKS = 2 ** 30 / HUGE_CHUNK.length;

const JSON_TYPE = { 'content-type': 'application/json' };
const ACCEPTED = '{"status":"accepted","reference":"never_said"}';

/** Answers in the given bad way, or never. */
export function misbehave(fault: Fault, res: ServerResponse, settings: FaultSettings): void {
  switch (fault) {
    case 'hang':
    case 'accept_then_hang':
      return;
    case 'reset':
    case 'reset_after_body':
    case 'accept_then_reset':
      res.socket?.resetAndDestroy();
      return;
    case 'drip':
      return dripBody(res);
    case 'slow_headers':
      return dripHeaders(res);
    case 'huge':
      return flood(res);
    case 'cut':
      return cut(res);
    case 'garbage':
      res.writeHead(200, JSON_TYPE).end(Buffer.from('00ff7b7b3a2c61636365707465647d', 'hex'));
      return;
    case 'html':
      res.writeHead(200, { 'content-type': 'text/html' });
      res.end('<!doctype html><title>Sign in</title><p>accepted</p>');
      return;
    case 'empty':
      res.writeHead(200, { ...JSON_TYPE, 'content-length': '0' }).end();
      return;
    case 'redirect':
      // 307 by default: the only kind, with 308, that would carry a person's data along.
      res.writeHead(settings.status ?? 307, { location: settings.redirectTo ?? '/elsewhere' });
      res.end();
      return;
    case 'status':
      if (settings.retryAfter !== undefined) res.setHeader('retry-after', settings.retryAfter);
      res.writeHead(settings.status ?? 503, JSON_TYPE).end('{"error":"out of order"}');
      return;
    default:
      fault satisfies never;
  }
}

function dripBody(res: ServerResponse): void {
  res.writeHead(200, JSON_TYPE).flushHeaders();
  drip(res, '{"status":', (byte) => res.write(byte));
}

function dripHeaders(res: ServerResponse): void {
  drip(res, 'HTTP/1.1 200 OK\r\nX-Patience: ', (byte) => res.socket?.write(byte));
}

/** One byte at a time, and after the text blanks without end. */
function drip(res: ServerResponse, text: string, write: (byte: string) => void): void {
  let at = 0;
  const timer = setInterval(() => write(text[at++] ?? ' '), DRIP_MS);
  res.once('close', () => clearInterval(timer));
}

function flood(res: ServerResponse): void {
  res.writeHead(200, JSON_TYPE);
  res.write('{"status":"accepted","reference":"');
  let left = HUGE_CHUNKS;
  const more = () => {
    while (left-- > 0 && !res.destroyed) {
      if (!res.write(HUGE_CHUNK)) {
        res.once('drain', more);
        return;
      }
    }
    res.end();
  };
  more();
}

function cut(res: ServerResponse): void {
  res.writeHead(200, { ...JSON_TYPE, 'content-length': String(ACCEPTED.length) });
  res.write(ACCEPTED.slice(0, ACCEPTED.length / 2), () => res.socket?.destroy());
}
