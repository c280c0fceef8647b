// `sluice suppress add`, `check`, `remove`, `lists` and `log`, over the running server.

import type {
  CheckAnswer,
  DeedsPage,
  ListsPage,
  RemovalAnswer,
  SuppressionsAnswer,
} from '../../api/suppressions/wire.ts';
import { columns } from '../../api/reading/text-table.ts';
import { type Caller, deleteJson, getJson, postJson } from '../client.ts';
import { CommandError } from '../running.ts';

/** Adds values to a list and says what came of it. Throws `CommandError`. */
export async function addValues(
  values: readonly string[],
  options: {
    readonly kind: string;
    readonly list: string;
    readonly campaign?: string;
    readonly expires?: string;
    readonly origin?: string;
  },
  caller: Caller,
): Promise<string> {
  const sent = options.kind === 'name_address' ? values.map((value) => value.split('|')) : values;
  const answer = await postJson<SuppressionsAnswer>(
    '/v1/suppressions',
    { ...options, values: sent },
    caller,
  );
  const { list, rows, added, renewed, known } = answer;
  return `${rows} sent to ${list}: ${added} added, ${renewed} renewed, ${known} known already`;
}

/** Says on which lists a value stands. Throws `CommandError`. */
export async function checkValue(value: string, kind: string, caller: Caller): Promise<string> {
  const query = new URLSearchParams({ kind, value }).toString();
  const { listed, lists } = await getJson<CheckAnswer>(`/v1/suppressions/check?${query}`, caller);
  if (!listed) return 'on no list';
  const rows = lists.map(({ list, campaign, expires_at, added_at, added_by, origin }) => [
    list,
    campaign ?? 'every campaign',
    expires_at === null ? 'for ever' : `until ${expires_at}`,
    `added ${added_at} by ${added_by}${origin === null ? '' : ` from ${origin}`}`,
  ]);
  return columns(rows).join('\n');
}

/** Removes a value from a list, or with `all` the list. Throws `CommandError`. */
export async function removeFrom(
  list: string,
  value: string | undefined,
  options: { readonly kind?: string; readonly all: boolean } & { readonly caller: Caller },
): Promise<string> {
  const path = `/v1/suppressions/lists/${encodeURIComponent(list)}`;
  const { kind, all, caller } = options;
  if (all && value === undefined) {
    const { removed } = await deleteJson<RemovalAnswer>(path, caller);
    return `${list} is removed, with ${removed} entries`;
  }
  if (all || value === undefined || kind === undefined) {
    const hint = 'sluice suppress remove dnc "(512) 555-0142" --kind phone, or dnc --all';
    throw new CommandError('wants a value with --kind, or --all for the whole list', hint);
  }
  const query = new URLSearchParams({ kind, value }).toString();
  await deleteJson<RemovalAnswer>(`${path}/entries?${query}`, caller);
  return `it stands on ${list} no more`;
}

/** The lists with their counts. Throws `CommandError`. */
export async function showLists(caller: Caller): Promise<string> {
  const rows = [['list', 'holds in', 'entries', 'made by']];
  let cursor: string | null = '';
  while (cursor !== null) {
    const after: string = cursor === '' ? '' : `&cursor=${cursor}`;
    const page = await getJson<ListsPage>(`/v1/suppressions?limit=200${after}`, caller);
    for (const { list, campaign, entries, created_by: by } of page.lists) {
      rows.push([list, campaign ?? 'every campaign', String(entries), by]);
    }
    cursor = page.next;
  }
  return rows.length === 1 ? 'there is no list yet' : columns(rows).join('\n');
}

/** The latest deeds, newest first. Throws `CommandError`. */
export async function showLog(caller: Caller): Promise<string> {
  const { deeds } = await getJson<DeedsPage>('/v1/suppressions/log', caller);
  if (deeds.length === 0) return 'nothing was added or removed yet';
  const rows = deeds.map(({ at, by, action, list, kind, entries, renewed, origin }) => [
    ...[at, by, action.replace('_', ' '), list, kind ?? '', `${entries} entries`],
    [renewed > 0 ? `${renewed} renewed` : '', origin === null ? '' : `from ${origin}`]
      .filter(Boolean)
      .join(', '),
  ]);
  return columns(rows).join('\n');
}
