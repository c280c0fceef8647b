// What Twilio posts to us, read and believed, and what it is told to do: the markup is read back by
// an XML parser.

import { XMLParser } from 'fast-xml-parser';
import { describe, expect, test } from 'vitest';
import { readCallback, signatureOf } from '../../../src/delivery/calls/callbacks.ts';
import { askToTake, putThrough } from '../../../src/delivery/calls/twiml.ts';
import type { Callback } from '../../../src/domain/transfers/call.ts';
import { CALL } from './call-stand.ts';

const CA = `CA${'1'.repeat(32)}`;

describe('the signature', () => {
  const form = new URLSearchParams({
    ...{ To: '+15125550111', CallSid: 'CA1', From: '+15125550100', CallStatus: 'completed' },
  });
  const url = 'https://x.example/twilio/status?x=1';
  test('is that of the known example, whatever the order of the fields', () => {
    expect(signatureOf(url, form, '12345')).toBe('ywToo5DnnkvSsYPde+tPgrjDvjk=');
  });
  test('is another for another address, field or token', () => {
    const right = signatureOf(url, form, '12345');
    const more = new URLSearchParams([...form, ['Digits', '1']]);
    const others = [
      signatureOf(`${url}0`, form, '12345'),
      signatureOf(url, more, '12345'),
      signatureOf(url, form, '12346'),
    ];
    expect(new Set([right, ...others]).size).toBe(4);
  });
});

describe('a callback', () => {
  const rows: [callback: Callback, form: Record<string, string>, tells: object | undefined][] = [
    ['whisper', {}, { kind: 'answered', by: 'person' }],
    ['whisper', { AnsweredBy: 'human' }, { by: 'person' }],
    ['whisper', { AnsweredBy: 'unknown' }, { by: 'person' }],
    ['whisper', { AnsweredBy: 'machine_start' }, { by: 'machine' }],
    ['whisper', { AnsweredBy: 'fax' }, { by: 'machine' }],
    ['accept', { Digits: '1' }, { kind: 'pressed', sid: CA, accepts: true }],
    ['accept', { Digits: '2' }, { accepts: false }],
    ['accept', {}, { accepts: false }],
    ['status', { CallStatus: 'no-answer' }, { kind: 'status', status: 'no-answer' }],
    ['status', { CallStatus: 'no_answer' }, undefined],
    [
      'consumer',
      { CallStatus: 'completed', CallDuration: '40' },
      { status: 'completed', seconds: 40 },
    ],
    ['consumer', { CallStatus: 'completed', CallDuration: '-1' }, { seconds: null }],
    ['consumer', { CallStatus: 'in-progress', CallDuration: '9' }, { seconds: null }],
    ['done', { DialCallStatus: 'answered', DialCallDuration: '7' }, { seconds: 7 }],
    ['done', { DialCallStatus: 'busy' }, { kind: 'consumer', status: 'busy' }],
    ['done', { CallStatus: 'busy' }, undefined],
  ];
  test.for(rows)('%s %j', ([callback, form, tells]) => {
    const read = readCallback(callback, new URLSearchParams({ CallSid: CA, ...form }));
    if (tells === undefined) expect(read).toBeUndefined();
    else expect(read).toMatchObject(tells);
  });
  test('without the id of a call tells nothing', () => {
    for (const CallSid of ['', 'CA1', `SM${'1'.repeat(32)}`]) {
      const form = new URLSearchParams({ CallSid, CallStatus: 'busy' });
      expect(readCallback('status', form)).toBeUndefined();
    }
  });
});

describe('the markup', () => {
  const read = (xml: string): unknown =>
    new XMLParser({ ignoreAttributes: false, attributeNamePrefix: '@' }).parse(xml);
  test('whispers, waits for one key, and hangs up', () => {
    const text = `<O'Neil & "sons">`;
    const xml = askToTake(CALL, { text, action: 'https://s.example/a?b=1&c=2' });
    expect(xml).not.toContain('<O');
    expect(read(xml)).toMatchObject({
      Response: {
        Gather: {
          ...{ '@numDigits': '1', '@timeout': '8', '@actionOnEmptyResult': 'true' },
          ...{ '@action': 'https://s.example/a?b=1&c=2', '@method': 'POST' },
          Say: { '#text': text, '@language': 'en-US' },
        },
        Hangup: '',
      },
    });
  });
  test('puts the consumer through', () => {
    const to = { number: '+15125550142', done: 'https://s/done', consumer: 'https://s/consumer' };
    expect(read(putThrough(CALL, to))).toMatchObject({
      Response: {
        Dial: {
          ...{ '@answerOnBridge': 'true', '@callerId': CALL.from, '@timeout': '20' },
          '@action': 'https://s/done',
          Number: {
            ...{ '@statusCallback': 'https://s/consumer', '#text': 15_125_550_142 },
            '@statusCallbackEvent': 'initiated ringing answered completed',
          },
        },
      },
    });
  });
});
