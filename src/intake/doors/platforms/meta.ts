// Meta's lead ads: which leads a notification announces, and what Graph tells of one of them.

import { refused, type Refused, type Told } from '../door.ts';
import { toldOf, type Wanted } from './fetched.ts';
import { listOf, type Loose, looseOf, parseLoose, textOf } from './loose.ts';

/** One lead that waits at Meta. All ids are digits. */
export interface MetaNotice {
  readonly leadgenId: string;
  readonly pageId: string;
  readonly formId: string | undefined;
  /** The ids that came along, for whoever reads it later. */
  readonly about: Readonly<Record<string, string>>;
}

const ID = /^\d{1,30}$/;
const ABOUT = ['page_id', 'form_id', 'ad_id', 'adgroup_id', 'created_time'];

/** The leads that a post of up to 1,000 updates announces; other updates are passed over. */
export function readMetaNotices(bytes: Uint8Array): readonly MetaNotice[] | Refused {
  const body = parseLoose(bytes);
  if (!body) return refused('unreadable', 'the body cannot be parsed as JSON');
  if (body['object'] !== 'page') return [];
  return listOf(body['entry']).flatMap((entry) =>
    listOf(looseOf(entry)['changes']).flatMap((change) => {
      const { field, value } = looseOf(change);
      return field === 'leadgen' ? noticeOf(looseOf(value), looseOf(entry)) : [];
    }),
  );
}

function noticeOf(value: Loose, entry: Loose): readonly MetaNotice[] {
  const leadgenId = idOf(value['leadgen_id']);
  const pageId = idOf(value['page_id']) ?? idOf(entry['id']);
  if (leadgenId === undefined || pageId === undefined) return [];
  const about = ABOUT.map((name) => [name, idOf(value[name])] as const);
  const known = Object.fromEntries(about.filter(([, id]) => id !== undefined));
  const formId = idOf(value['form_id']);
  return [{ leadgenId, pageId, formId, about: known as Record<string, string> }];
}

/** Graph's lead, as told at the door of its page. `text` is the body of its answer. */
export function readMetaLead(text: string, wanted: Wanted): Told | Refused {
  const lead = parseLoose(text) ?? {};
  if (idOf(lead['id']) !== wanted.externalId || !Array.isArray(lead['field_data'])) {
    return refused('unreadable', 'Graph answered with something else than the lead');
  }
  const answers = listOf(lead['field_data']).map(looseOf);
  const values = Object.fromEntries(
    answers.flatMap(({ name, values: given }) => {
      const texts = listOf(given).map(String);
      return typeof name === 'string' && texts.length > 0 ? [[name, texts.join(', ')]] : [];
    }),
  );
  return toldOf(wanted, {
    values,
    facts: factsOf(lead),
    subSource: textOf(lead['campaign_id']) ?? textOf(lead['ad_id']),
    test: Object.values(values).some(isDummy),
  });
}

/** There is no flag: Meta's own test leads are known by what stands in them. */
function isDummy(value: string): boolean {
  return /test lead: dummy data/i.test(value) || /^test@(meta|fb)\.com$/i.test(value.trim());
}

const FACTS = [
  ...['form_id', 'ad_id', 'ad_name', 'adset_id', 'adset_name', 'campaign_id', 'campaign_name'],
  ...['platform', 'is_organic', 'created_time'],
];
const MOST_DISCLAIMERS = 10;

function factsOf(lead: Loose): [string, unknown][] {
  const boxes = listOf(lead['custom_disclaimer_responses']).slice(0, MOST_DISCLAIMERS).map(looseOf);
  return [
    ...FACTS.map((name): [string, unknown] => [`meta_${name}`, lead[name]]),
    ...boxes.map((box): [string, unknown] => {
      return [`meta_agreed_${textOf(box['checkbox_key'])}`, box['is_checked']];
    }),
  ];
}

function idOf(value: unknown): string | undefined {
  const text = textOf(value);
  return text !== undefined && ID.test(text) ? text : undefined;
}
