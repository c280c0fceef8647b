// Every recorded run replays with the workflow code of today. Each file is one run as the server
// recorded it: if a change breaks one, patch the workflow (`patched`), never the file.

import { DeterminismViolationError } from '@temporalio/workflow';
import { describe, expect, test } from 'vitest';
import {
  listHistories,
  readHistory,
  type RecordedEvent,
  type RecordedHistory,
  replay,
} from '../support/histories.ts';

test('there is a recorded run for each story', () => {
  expect(listHistories()).toEqual([
    'batch-failed.json',
    'batch-sent.json',
    'buyer-caps-continued.json',
    'buyer-caps.json',
    'delivery-failed-then-retried.json',
    'delivery-given-up.json',
    'delivery-under-way.json',
    'fetched-from-meta.json',
    'in-doubt-then-accepted.json',
    'in-doubt-then-settled.json',
    'kept-then-sold.json',
    'killed-and-taken-up.json',
    'refused-duplicate.json',
    'second-buyer-after-reject.json',
    'shared-sale-doubt-accepted.json',
    'shared-sale.json',
    'slow-buyer-regular-activity.json',
    'sold-by-total.json',
    'sold-first-offer-before-adr-0009.json',
    'sold-first-offer.json',
    'sold-in-second-tier.json',
    'sold-in-turn.json',
    'transfer-looked-into.json',
    'transfer-sold.json',
    'unsold.json',
  ]);
});

test.for(listHistories())('%s replays', async (file) => {
  await replay(readHistory(file));
});

/** Changes the decoded text of every payload. */
function withPayloads(history: RecordedHistory, change: (text: string) => string): RecordedHistory {
  const text = JSON.stringify(history);
  const changed = text.replaceAll(/"data":"([^"]*)"/g, (_, data: string) => {
    const decoded = Buffer.from(data, 'base64').toString('utf8');
    return `"data":"${Buffer.from(change(decoded)).toString('base64')}"`;
  });
  return JSON.parse(changed) as RecordedHistory;
}

const isMarker = ({ eventType }: RecordedEvent) => eventType === 'EVENT_TYPE_MARKER_RECORDED';

/** A gate that cannot close proves nothing: histories of other workflow code must fail. */
describe('goes red when the run', () => {
  const sold = () => readHistory('second-buyer-after-reject.json');
  const wrong: [says: string, history: RecordedHistory][] = [
    [
      'made a step of another name',
      withPayloads(sold(), (text) => text.replace('"scoreLead"', '"weighLead"')),
    ],
    ['made one step less', withoutMarker(sold(), 2)],
    ['made two steps the other way round', withSwappedMarkers(sold(), 1)],
    [
      'asked for another activity',
      JSON.parse(
        JSON.stringify(readHistory('delivery-failed-then-retried.json')).replaceAll(
          '"name":"deliverLead"',
          '"name":"mailLead"',
        ),
      ) as RecordedHistory,
    ],
  ];
  test.for(wrong)('%s', async ([, history]) => {
    await expect(replay(history)).rejects.toThrow(DeterminismViolationError);
  });
});

function withoutMarker({ events }: RecordedHistory, nth: number): RecordedHistory {
  const gone = events.filter(isMarker)[nth];
  return renumbered(events.filter((event) => event !== gone));
}

function withSwappedMarkers({ events }: RecordedHistory, nth: number): RecordedHistory {
  const [first, second] = events.filter(isMarker).slice(nth, nth + 2);
  return renumbered(
    events.map((event) => {
      if (event === first) return second ?? event;
      return event === second ? (first ?? event) : event;
    }),
  );
}

function renumbered(events: readonly RecordedEvent[]): RecordedHistory {
  return { events: events.map((event, index) => ({ ...event, eventId: String(index + 1) })) };
}
