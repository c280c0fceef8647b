// The documentation that the server carries: the OpenAPI document, its readable form, an index.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Response } from 'express';

import type { ApiDeps } from './deps.ts';
import type { Route } from './http/routes.ts';
import { buildOpenApi } from './wire/openapi.ts';

// Swagger UI draws with styles set by script, which a policy does not touch, and icons as data.
const DOCS_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const DOCS_PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sluice API</title>
<link rel="stylesheet" href="/docs/swagger-ui.css">
<div id="docs"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</html>
`;

const START_SCRIPT = `SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#docs',
  deepLinking: true,
  docExpansion: 'list',
  validatorUrl: null,
});
`;

/** Public: an address says nothing that the source code does not. */
export function createDocsRoutes(deps: ApiDeps): readonly Route[] {
  let openApi: string | undefined;
  return [
    {
      method: 'get',
      path: '/openapi.json',
      access: 'anyone',
      handle: (_, res) => {
        openApi ??= JSON.stringify(buildOpenApi(deps.version));
        res.type('application/json').send(openApi);
      },
    },
    page('/docs', (res) => {
      res.set('Content-Security-Policy', DOCS_POLICY).type('html').send(DOCS_PAGE);
    }),
    page('/docs/start.js', (res) => res.type('text/javascript').send(START_SCRIPT)),
    asset('swagger-ui.css', 'text/css'),
    asset('swagger-ui-bundle.js', 'text/javascript'),
    {
      method: 'get',
      path: '/',
      access: 'anyone',
      handle: (req, res) => {
        const index = indexOf(deps);
        res.vary('Accept');
        if (req.accepts(['json', 'html']) === 'html') res.type('html').send(indexPage(index));
        else res.json(index);
      },
    },
  ];
}

function page(path: string, send: (res: Response) => unknown): Route {
  return { method: 'get', path, access: 'anyone', handle: (_, res) => send(res) };
}

function asset(name: string, type: string): Route {
  let content: Buffer | undefined;
  return page(`/docs/${name}`, (res) => {
    content ??= readFileSync(createRequire(import.meta.url).resolve(`swagger-ui-dist/${name}`));
    res.set('Cache-Control', 'public, max-age=3600').type(type).send(content);
  });
}

function indexOf({ version, temporalUiUrl }: ApiDeps) {
  return {
    name: 'Sluice',
    version,
    links: {
      docs: '/docs',
      openapi: '/openapi.json',
      ready: '/health/ready',
      live: '/health/live',
      metrics: '/metrics',
      ...(temporalUiUrl !== null && { temporal_ui: temporalUiUrl }),
    },
  };
}

function indexPage({ name, version, links }: ReturnType<typeof indexOf>): string {
  const items = Object.entries(links).map(
    ([says, url]) => `<li><a href="${escaped(url)}">${escaped(says.replaceAll('_', ' '))}</a></li>`,
  );
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>${name}</title>
<h1>${name} ${escaped(version)}</h1>
<p>A lead-distribution server. Submit leads with <code>POST /v1/leads</code>.</p>
<ul>
${items.join('\n')}
</ul>
</html>
`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
