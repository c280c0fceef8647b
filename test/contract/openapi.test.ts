// Goal: the documentation that the server carries is true and readable. Method: the document
// against the table of routes, its example against the server, the pages as a browser asks for
// them.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { createRoutes } from '../../src/api/app.ts';
import type { ApiDeps } from '../../src/api/deps.ts';
import { buildOpenApi } from '../../src/api/wire/openapi.ts';
import { call, type Stand, startStand } from './api-stand.ts';

let stand: Stand;
beforeAll(async () => {
  stand = await startStand();
});
afterAll(() => stand.close());

interface Operation {
  readonly summary?: string;
  readonly security?: object[];
  readonly responses: Record<string, { description?: string }>;
}
const document = JSON.parse(JSON.stringify(buildOpenApi('1.2.3'))) as {
  openapi: string;
  info: { version: string };
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, { example?: unknown }>; securitySchemes: object };
};
const documented = Object.entries(document.paths).flatMap(([path, operations]) =>
  Object.keys(operations).map((method) => `${method} ${path}`),
);

/** Pages for people. */
const PAGES = /^\/($|docs)/;

describe('the document', () => {
  const routes = createRoutes({} as ApiDeps).filter(({ path }) => !PAGES.test(path));

  test('has every route of the application, and no other', () => {
    const routed = routes.map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`);
    expect(documented.toSorted()).toEqual(routed.toSorted());
  });

  test.for(routes.map((route) => [`${route.method} ${route.path}`, route] as const))(
    '%s names its key, its summary and a description of each answer',
    ([, { method, path, access }]) => {
      const operation = document.paths[path.replace(/:(\w+)/g, '{$1}')]?.[method];
      const keys = (operation?.security ?? []).flatMap(Object.keys);
      const expected = {
        anyone: [],
        source: ['sourceKey'],
        operator: ['operatorKey'],
        buyer: ['buyerKey', 'operatorKey'],
        any_key: ['sourceKey', 'operatorKey'],
        every_key: ['sourceKey', 'buyerKey', 'operatorKey'],
      };
      expect(keys).toEqual(expected[access]);
      expect(operation?.summary).toMatch(/\w/);
      const answers = Object.values(operation?.responses ?? {});
      expect(answers.length).toBeGreaterThan(0);
      for (const { description } of answers) expect(description).toMatch(/\w/);
      if (access !== 'anyone') expect(Object.keys(operation?.responses ?? {})).toContain('401');
    },
  );

  test('refers only to what it holds', () => {
    const text = JSON.stringify(document);
    const refs = [...text.matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name);
    expect(refs.length).toBeGreaterThan(5);
    for (const name of refs) expect(Object.keys(document.components.schemas)).toContain(name);
  });

  test('has an example that sells: the server takes it without a problem', async () => {
    const body = document.components.schemas['LeadSubmission']?.example;
    const answer = await call(stand, 'POST /v1/leads', { by: 'acme', body });
    expect(answer.status).toBe(200);
    expect(stand.leads.at(-1)?.draft.problems).toEqual([]);
  });

  test('carries the version of the installation', () => {
    expect(document).toMatchObject({ openapi: '3.1.0', info: { version: '1.2.3' } });
  });

  test('is served without a key', async () => {
    const answer = await call(stand, 'GET /openapi.json');
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ info: { version: '0.0.0-test' } });
  });
});

describe('the pages', () => {
  test('/docs loads nothing from elsewhere, and everything it loads is there', async () => {
    const page = await call(stand, 'GET /docs');
    const loaded = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, url]) => url ?? '');
    expect(loaded).toHaveLength(3);
    for (const url of loaded) {
      expect(url).toMatch(/^\/docs\//);
      const asset = await call(stand, `GET ${url}`);
      expect([asset.status, asset.text.length > 50]).toEqual([200, true]);
      const type = url.endsWith('.css') ? 'text/css' : 'text/javascript';
      expect(asset.headers.get('content-type')).toContain(type);
    }
  });

  test('S14 no page allows inline scripts, and only /docs allows any', async () => {
    for (const path of ['/', '/docs', '/v1/leads']) {
      const { headers } = await call(stand, `GET ${path}`);
      const policy = headers.get('content-security-policy') ?? '';
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toContain('unsafe');
      expect(policy.includes('script-src')).toBe(path === '/docs');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('x-powered-by')).toBeNull();
    }
  });

  test('/ links to the rest, as HTML for people and as JSON for programs', async () => {
    const html = await call(stand, 'GET /', { headers: { Accept: 'text/html' } });
    const json = await call(stand, 'GET /');
    expect(html.text).toContain('<a href="/docs">docs</a>');
    expect(json.body).toMatchObject({
      links: { openapi: '/openapi.json', temporal_ui: 'http://localhost:8233' },
    });
  });
});
