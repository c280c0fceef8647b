// Which pages may post to a form, by the Origin that the browser sends, or else the Referer.

import type { Request, Response } from 'express';

/** The origin of the page that sent the request; undefined where the browser does not say. */
export function originOf(req: Request): string | undefined {
  const origin = req.get('origin');
  if (origin !== undefined && origin !== 'null') return canonical(origin);
  return canonical(req.get('referer'));
}

/** True where any page may post, for the pages that may, and for our own. */
export function isWelcome(req: Request, origins: readonly string[]): boolean {
  if (origins.length === 0) return true;
  const origin = originOf(req);
  return origin !== undefined && (origins.includes(origin) || isOurs(req, origin));
}

/** Lets scripts of the pages that may post read the answer. */
export function tellOrigins(res: Response, req: Request, origins: readonly string[]): void {
  res.vary('Origin');
  const origin = canonical(req.get('origin'));
  if (origin === undefined || !origins.includes(origin)) return;
  res.set({
    'Access-Control-Allow-Origin': origin,
    'Access-Control-Allow-Methods': 'GET, POST',
    'Access-Control-Allow-Headers': 'Accept, Content-Type',
    'Access-Control-Max-Age': '600',
  });
}

/** The hosted form is posted from where it is posted to. */
function isOurs(req: Request, origin: string): boolean {
  return new URL(origin).host === req.get('host');
}

function canonical(url: string | undefined): string | undefined {
  const origin = url !== undefined && URL.canParse(url) ? new URL(url).origin : 'null';
  return origin === 'null' ? undefined : origin;
}
