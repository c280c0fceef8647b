// A small world document that is right, and a way to spoil it in one place.

import type { World } from '../../src/domain/world/world.ts';
import { parseWorld } from '../../src/world/parse.ts';

export type Document = Record<string, unknown>;

export const POST = { url: 'https://apex.example/post' };
export const PING = { url: 'https://apex.example/ping' };

/** One campaign, an auction and a fixed price. Every case gets its own. */
export function smallDocument(): Document {
  return {
    sluice: 1,
    operators: { desk: { keys: [{ sha256: 'f'.repeat(64) }] } },
    verticals: {
      auto: {
        fields: {
          phone: { type: 'phone', required: true },
          state: { type: 'state' },
          zip: { type: 'zip' },
          dob: { type: 'date' },
          homeowner: { type: 'boolean' },
          service: { type: 'choice', choices: ['Roofing', 'hvac'] },
        },
      },
    },
    campaigns: {
      auto: {
        vertical: 'auto',
        routing: [
          { method: 'ping_post', contracts: ['apex_auto'] },
          { method: 'waterfall', contracts: ['bolt_auto'] },
        ],
      },
    },
    sources: {
      acme: {
        keys: [{ sha256: 'a'.repeat(64) }],
        campaigns: ['auto'],
        payout: { share_percent: 80 },
      },
    },
    buyers: { apex: {}, bolt: { time_zone: 'America/Chicago' } },
    contracts: {
      apex_auto: { buyer: 'apex', campaign: 'auto', ping: { ...PING }, post: { ...POST } },
      bolt_auto: { buyer: 'bolt', campaign: 'auto', price_cents: 700, post: { ...POST } },
    },
  };
}

/** The document with a value put at a path (`a.b[0].c`); `undefined` takes it out. */
export function spoil(path: string, value: unknown): Document {
  const whole = smallDocument();
  const parts = path.split(/[.[\]]+/).filter((part) => part !== '');
  const last = parts.pop() ?? '';
  const holder = parts.reduce<Document>((map, part) => (map[part] ??= {}) as Document, whole);
  if (value === undefined) Reflect.deleteProperty(holder, last);
  else holder[last] = value;
  return whole;
}

/** The world of a document that is right. */
export function worldOf(whole: unknown): World {
  const parsed = parseWorld(whole);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
  return parsed.world;
}
