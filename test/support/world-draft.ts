// A world document that grows as a test file goes on: each test adds buyers and a campaign of its
// own, in the words in which operators write them.

import { createHash } from 'node:crypto';
import type {
  CrmBehaviour,
  PingBehaviour,
  PostBehaviour,
  StatusBehaviour,
} from '../../src/demo/buyer-config.ts';

export const SOURCE_KEY = 'sk_test_acme';
export const OPERATOR_KEY = 'ok_test_operator';

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Settings as the document holds them. */
type Settings = Readonly<Record<string, unknown>>;

const POSTS = {
  accepts: {},
  rejects: { answer: 'reject' },
  hangs: { fault: 'hang' },
} as const satisfies Readonly<Record<string, PostBehaviour>>;

/** One buyer with one contract. With `priceCents` it is not pinged; else it bids. */
export interface BuyerTerms {
  readonly bidCents?: number;
  readonly priceCents?: number;
  readonly ping?: PingBehaviour;
  readonly post?: keyof typeof POSTS | PostBehaviour;
  /** Given: it can be asked what it did with a lead, at these times. */
  readonly status?: StatusBehaviour;
  readonly asked?: Settings;
  /** Given: it pushes outcomes with this key. */
  readonly key?: string;
  /** Given: what it buys is pushed to its CRM, which behaves like this. */
  readonly crm?: CrmBehaviour;
  /** More settings of that delivery. */
  readonly delivery?: Settings;
  /** The id of the buyer that plays its test addresses. */
  readonly testAt?: string;
  readonly pingTimeout?: string;
  readonly postTimeout?: string;
  /** Over all contracts of the buyer. */
  readonly caps?: readonly Settings[];
  /** Given: it pays ahead, but for this credit. */
  readonly creditCents?: number;
  /** More settings of the contract. */
  readonly contract?: Settings;
}

/** One stage over buyers; further settings as the document has them. */
export interface StageTerms extends Settings {
  readonly method: 'ping_post' | 'waterfall' | 'round_robin' | 'weighted';
  readonly buyers: readonly { readonly id: string }[];
}

/** What a buyer does, in the words of the stand-in buyers. */
export function behaviourOf(terms: BuyerTerms) {
  const { bidCents, ping, post = 'accepts', status, crm } = terms;
  return {
    ping: { ...(bidCents !== undefined && { bidCents }), ...ping },
    post: typeof post === 'string' ? POSTS[post] : post,
    status: status ?? {},
    crm: crm ?? {},
  };
}

/** Asked at once and often, as no test has the time of an operator. */
const SOON = { after: ['200ms', '300ms'], every: '500ms', unknown_after: '0s' };

/** The name of a buyer's contract. */
export const contractOf = (buyerId: string): string => `${buyerId}_auto`;

/** Creates an empty world with one source, one operator and one vertical. */
export function createDraft(
  urlOf: (buyerId: string, kind: 'ping' | 'post' | 'status' | 'crm') => string,
) {
  const terms = new Map<string, BuyerTerms>();
  const document = {
    sluice: 1,
    name: 'Test',
    time_zone: 'America/New_York',
    paused: false,
    operators: { ada: { keys: [{ sha256: sha256(OPERATOR_KEY) }] } },
    verticals: { auto: { fields: FIELDS } },
    campaigns: {} as Record<string, Settings>,
    sources: {} as Record<string, Settings>,
    buyers: {} as Record<string, Settings>,
    contracts: {} as Record<string, Settings>,
  };

  function addContract(buyerId: string, campaign: string): void {
    const { priceCents, crm, delivery, contract, testAt, ...more } = terms.get(buyerId) ?? {};
    const { status, asked, ...own } = more;
    const test = (kind: 'ping' | 'post') => (testAt ? { test_url: urlOf(testAt, kind) } : {});
    const { ping, post } = {
      ping: { url: urlOf(buyerId, 'ping'), timeout: own.pingTimeout, ...test('ping') },
      post: { url: urlOf(buyerId, 'post'), timeout: own.postTimeout, ...test('post') },
    };
    document.contracts[contractOf(buyerId)] = {
      buyer: buyerId,
      campaign,
      post,
      ...(priceCents === undefined ? { ping } : { price_cents: priceCents }),
      ...(status && { status: { url: urlOf(buyerId, 'status'), ...SOON, ...asked } }),
      ...(crm && { deliveries: [{ name: 'crm', url: urlOf(buyerId, 'crm'), ...delivery }] }),
      ...contract,
    };
  }

  return {
    document,

    addBuyer(buyerTerms: BuyerTerms): string {
      const id = `buyer_${terms.size + 1}`;
      terms.set(id, buyerTerms);
      const { caps = [], creditCents } = buyerTerms;
      const balance = creditCents === undefined ? null : { credit_cents: creditCents };
      const keys = buyerTerms.key === undefined ? [] : [{ sha256: sha256(buyerTerms.key) }];
      document.buyers[id] = { caps, balance, keys };
      return id;
    },

    /** Adds a campaign with a contract for each buyer of its stages. */
    addCampaign(stages: readonly StageTerms[], more: Settings): string {
      const id = `campaign_${Object.keys(document.campaigns).length + 1}`;
      const routing = stages.map(({ buyers, ...stage }) => {
        return { ...stage, contracts: buyers.map((buyer) => contractOf(buyer.id)) };
      });
      for (const { buyers } of stages) for (const buyer of buyers) addContract(buyer.id, id);
      document.campaigns[id] = { vertical: 'auto', routing, ...more };
      document.sources['acme'] = {
        keys: [{ sha256: sha256(SOURCE_KEY) }],
        campaigns: Object.keys(document.campaigns),
        payout: { share_percent: 80 },
      };
      return id;
    },
  };
}

const FIELDS = {
  first_name: { type: 'text', required: true },
  phone: { type: 'phone', required: true },
  email: { type: 'email' },
  zip: { type: 'zip', required: true },
  state: { type: 'state', required: true },
  currently_insured: { type: 'boolean' },
};

/** The fields of a person whom no other number gives. */
export function personNo(n: number): Record<string, unknown> {
  return {
    first_name: 'Ann',
    phone: `512555${String(n).padStart(4, '0')}`,
    email: `ann${n}@example.com`,
    zip: '78704',
    state: 'TX',
  };
}
