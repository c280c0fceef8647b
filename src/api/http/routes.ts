// Routes as data: the application, its documentation and its tests read one list.

import express from 'express';
import type { Request, RequestHandler, Response } from 'express';

import type {
  Authenticate,
  BuyerCaller,
  Caller,
  KeyHolder,
  OperatorCaller,
  SourceCaller,
} from './auth.ts';
import { Problem } from '../problems.ts';

interface Address {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** As Express writes it: `/v1/leads/:leadId`. */
  readonly path: string;
  /** Bytes of body that are read; 0 where none is taken. */
  readonly maxBodyBytes?: number;
}

type Handle<C extends readonly unknown[]> = (req: Request, res: Response, ...caller: C) => unknown;

/** An address, whom it serves, and what it does. The key decides who is served. */
export type Route = Address &
  (
    | { readonly access: 'anyone'; readonly handle: Handle<[]> }
    | { readonly access: 'source'; readonly handle: Handle<[SourceCaller]> }
    | { readonly access: 'operator'; readonly handle: Handle<[OperatorCaller]> }
    | { readonly access: 'buyer'; readonly handle: Handle<[OperatorCaller | BuyerCaller]> }
    /** Of a source or an operator. */
    | { readonly access: 'any_key'; readonly handle: Handle<[Caller]> }
    /** Of a source, a buyer or an operator. */
    | { readonly access: 'every_key'; readonly handle: Handle<[KeyHolder]> }
  );

/** A router for these routes; an address answers a method that it does not have with 405. */
export function createRouter(
  routes: readonly Route[],
  authenticate: Authenticate,
  readBytes: (maxBytes: number) => RequestHandler,
): express.Router {
  const router = express.Router({ caseSensitive: true });
  for (const path of new Set(routes.map((route) => route.path))) {
    const here = routes.filter((route) => route.path === path);
    const at = router.route(path);
    for (const route of here) {
      // The key first: a body is read only for those who may send one.
      at[route.method](admit(route, authenticate));
      if (route.maxBodyBytes) at[route.method](readBytes(route.maxBodyBytes));
      at[route.method]((req, res) => serve(route, req, res));
    }
    at.all(() => {
      const methods = here.map(({ method }) => method.toUpperCase());
      const allow = methods.includes('GET') ? ['HEAD', ...methods] : methods;
      throw new Problem('method_not_allowed', { headers: { Allow: allow.sort().join(', ') } });
    });
  }
  return router;
}

function admit({ access }: Route, authenticate: Authenticate): RequestHandler {
  return (req, res, next) => {
    // Nothing that is looked for has one, and PostgreSQL takes none.
    if (/%00/.test(req.url)) {
      throw new Problem('malformed_request', { detail: 'The address holds a null character.' });
    }
    if (access === 'anyone') return next();
    const caller = authenticate(req);
    res.locals['caller'] = caller;
    if (!SERVES[access].includes(caller.kind)) {
      throw new Problem(access === 'source' ? 'source_key_required' : 'operator_key_required');
    }
    next();
  };
}

const SERVES: Readonly<Record<Exclude<Route['access'], 'anyone'>, readonly KeyHolder['kind'][]>> = {
  source: ['source'],
  operator: ['operator'],
  buyer: ['buyer', 'operator'],
  any_key: ['source', 'operator'],
  every_key: ['source', 'buyer', 'operator'],
};

async function serve(route: Route, req: Request, res: Response): Promise<void> {
  const caller = res.locals['caller'] as KeyHolder | undefined;
  if (route.access === 'anyone') return void (await route.handle(req, res));
  if (!caller) throw new Error(`${route.path} was reached without a caller`);
  if (route.access === 'every_key') return void (await route.handle(req, res, caller));
  if (route.access === 'any_key' && caller.kind !== 'buyer') {
    return void (await route.handle(req, res, caller));
  }
  if (route.access === 'buyer' && caller.kind !== 'source') {
    return void (await route.handle(req, res, caller));
  }
  if (route.access === 'source' && caller.kind === 'source') {
    return void (await route.handle(req, res, caller));
  }
  if (route.access === 'operator' && caller.kind === 'operator') {
    return void (await route.handle(req, res, caller));
  }
  throw new Error(`${route.path} was reached by the wrong caller`);
}
