// Mailboxes and folders of files: the examples of their guides go into real servers, over the real
// carriers and the real host, and every answer of a server comes to what the guide says.

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { createTokens, hostOf } from '../../../src/activities/delivering/host.ts';
import { createLanes } from '../../../src/activities/delivering/lanes.ts';
import { createMailer } from '../../../src/activities/delivering/mail.ts';
import { createUploader } from '../../../src/activities/delivering/sftp.ts';
import { nextTime } from '../../../src/eligibility/batches/next-time.ts';
import { csvOf } from '../../../src/delivery/batches/csv.ts';
import { timesOf } from '../../../src/delivery/batches/times.ts';
import type { Batch, DeliveryReply } from '../../../src/delivery/targets/target.ts';
import { targetOf } from '../../../src/delivery/targets/targets.ts';
import type { TargetStep } from '../../../src/domain/world/contract.ts';
import { openSftp } from '../../support/fakes/sftp.ts';
import { openSmtp } from '../../support/fakes/smtp.ts';
import { ANN, pushOf } from './target-stand.ts';
import { contractWith, shownDelivery, worldWith } from './target-world.ts';

type Shown = readonly [page: string, example: string];
const EMAIL: Shown = ['target-email.md', 'email'];
const DIGEST: Shown = ['target-email.md', 'digest'];
const SFTP: Shown = ['target-sftp.md', 'sftp'];

let smtp: Awaited<ReturnType<typeof openSmtp>>;
let sftp: Awaited<ReturnType<typeof openSftp>>;
let secrets: Record<string, string>;
beforeEach(async () => {
  smtp = await openSmtp({ name: 'sluice', password: 'mailpass' });
  sftp = await openSftp({ user: 'sluice', password: 'filepass' });
  secrets = { SMTP_URL: smtp.url, BUYER_SFTP_PASSWORD: 'filepass' };
});
afterEach(() => Promise.all([smtp.close(), sftp.close()]));

const never = () => Promise.reject(new Error('no HTTP'));

function host(timeoutMs: number, limits = { atOnce: null, perSecond: null } as const) {
  const places = [smtp, sftp].map(({ port }) => `127.0.0.1:${port}`);
  const guard = { allowPrivate: new Set(places), allowHttp: false };
  return hostOf(
    {
      ...{ send: never, tokens: createTokens(Date.now), lanes: createLanes(Date.now) },
      carriers: { mail: createMailer(guard), upload: createUploader(guard) },
      readSecret: (reference) => Promise.resolve(secrets[reference.replace(/^env:/, '')]),
      now: Date.now,
    },
    { timeoutMs, timeZone: 'America/Chicago', limits },
  ).host;
}

const BATCH: Batch = {
  id: 'apex_auto/files/20261127-1730',
  contractId: 'apex_auto',
  fileName: 'apex_auto-files-20261127-1730.csv',
  pushes: [pushOf(), pushOf({ first_name: '=1+1, "x"', phone: '+15125550143' })],
};

/** Pushes as a guide's example says, with the fake in the place of the buyer's server. */
function push([page, example]: Shown, { changed = {}, timeoutMs = 5_000 } = {}) {
  const { step } = shownDelivery(page, example);
  const fake = { host: '127.0.0.1', port: sftp.port, host_key: sftp.hostKey };
  const options = { ...(step as TargetStep).options, ...(page === SFTP[0] && fake), ...changed };
  const target = targetOf({ ...(step as TargetStep), options });
  if (target.batch) return target.batch.deliver(BATCH, host(timeoutMs));
  return target.deliver(pushOf(), host(timeoutMs));
}

const told = (reply: DeliveryReply) => (reply.kind === 'delivered' ? reply.proof : reply.detail);

describe('a mail about one lead', () => {
  test('has text, table, file, and nothing of the person in its proof', async () => {
    const reply = await push(EMAIL);
    expect(reply).toEqual({ kind: 'delivered', proof: 'SMTP 250, queued as q1' });
    const [{ text = '', to = [] } = {}] = smtp.mails;
    expect(to).toEqual(['desk@buyer.example']);
    expect(text).toMatch(/^Subject: New lead Ann: lead_01JDK3V8Q2W9X4Y5Z6A7B8C9D0\r$/m);
    for (const part of ['First name: Ann', '<td>Ann</td>', 'text/csv', '.csv']) {
      expect(text).toContain(part);
    }
  });

  test('has no markup of the lead’s own', async () => {
    const { step } = shownDelivery(...EMAIL);
    const lead = pushOf({ ...ANN, first_name: '<img src=x>\r\nBcc: thief@evil.example' });
    await targetOf(step).deliver(lead, host(5_000));
    const [{ text = '', to = [] } = {}] = smtp.mails;
    expect(text).toContain('&lt;img src=3Dx&gt;');
    // Neither a header, nor a line that looks like a field of its own.
    const [head = '', ...body] = text.split('\r\n\r\n');
    expect(head).not.toMatch(/^bcc:/im);
    expect(body.join()).toMatch(/^First name: <img src=x>\r\n {2}Bcc: thief@evil\.example\r$/m);
    expect(to).toEqual(['desk@buyer.example']);
  });
});

describe('leads that leave together', () => {
  const lines = (csv: string) => csv.split('\r\n');

  test('stand in one file, by RFC 4180, under the columns of the mapping', async () => {
    expect(await push(SFTP)).toEqual({ kind: 'delivered', proof: BATCH.fileName });
    const file = sftp.files.get(`/incoming/${BATCH.fileName}`)?.toString() ?? '';
    const id = 'lead_01JDK3V8Q2W9X4Y5Z6A7B8C9D0';
    expect(lines(file)).toEqual([
      'id,first,phone,mail',
      `${id},Ann,+15125550142,ann@example.com`,
      `${id},"'=1+1, ""x""",+15125550143,`,
      '',
    ]);
  });

  test('are the same file again, which is not put twice', async () => {
    await push(SFTP);
    expect(await push(SFTP)).toMatchObject({ proof: `${BATCH.fileName}, which was there` });
    expect(sftp.deeds).toHaveLength(2);
  });

  test('come in one mail, with the file, twice under one Message-ID', async () => {
    await push(DIGEST);
    await push(DIGEST);
    const ids = smtp.mails.map(({ text }) => /^Message-ID: (.*)\r$/m.exec(text)?.[1]);
    expect(ids).toEqual(Array(2).fill('<apex_auto.files.20261127-1730@agency.example>'));
    expect(smtp.mails[0]?.text).toMatch(/^Subject: 2 leads: apex_auto-files-20261127-1730.csv\r$/m);
    expect(smtp.mails[0]?.text).toContain('Leads: 2');
  });
});

test.each([
  ['=1+1', `'=1+1`],
  ['@SUM(A1)', `'@SUM(A1)`],
  ['-2+3', `'-2+3`],
  ['+1-2', `'+1-2`],
  ['\t=1', `'\t=1`],
  ['\r=1', `"'\r=1"`],
  ['-12.5', '-12.5'],
  ['+15125550142', '+15125550142'],
  ['a,b', '"a,b"'],
  ['a\nb', '"a\nb"'],
  ['say "hi"', '"say ""hi"""'],
  ['', ''],
])('%j in a file is %j', (value, cell) => {
  expect(csvOf(['x', 'y'], [{ x: value, y: 1 }])).toBe(`x,y\r\n${cell},1\r\n`);
});

describe('what a server says comes to', () => {
  const FACTS: [says: string, act: () => unknown, shown: Shown, comes: object][] = [
    ['450', () => smtp.will({ kind: 'refuse', code: 450 }), EMAIL, { kind: 'retry' }],
    ['550', () => smtp.will({ kind: 'refuse', code: 550 }), EMAIL, { kind: 'failed' }],
    ['silence', () => smtp.will({ kind: 'silent' }), DIGEST, { kind: 'retry', detail: 'late' }],
    ['nobody there', () => smtp.close(), EMAIL, { kind: 'retry' }],
    [
      'a wrong login',
      () => (secrets['SMTP_URL'] = smtp.url.replace('mailpass', 'other')),
      EMAIL,
      { kind: 'failed', stop: true, detail: 'the mail server answered 535' },
    ],
    [
      'a URL that is none',
      () => (secrets['SMTP_URL'] = 'smtp://sluice:100%@127.0.0.1'),
      EMAIL,
      { kind: 'failed', stop: true },
    ],
    ['a file that is not confirmed', () => sftp.will('silent'), SFTP, { kind: 'retry' }],
    [
      'a wrong password',
      () => (secrets['BUYER_SFTP_PASSWORD'] = 'other'),
      SFTP,
      { kind: 'failed', stop: true, detail: 'the server does not take the login' },
    ],
  ];
  test.for(FACTS)('%s', async ([, act, shown, comes]) => {
    await act();
    const reply = await push(shown, { timeoutMs: 1_500 });
    expect(reply).toMatchObject(comes);
    for (const word of [...Object.values(ANN), 'mailpass', 'filepass', 'other', 'sluice:']) {
      if (word !== true) expect(told(reply)).not.toContain(word);
    }
  });

  test('another host key: nothing is sent, until a person has looked', async () => {
    const changed = { host_key: `SHA256:${'A'.repeat(43)}` };
    expect(await push(SFTP, { changed })).toEqual({
      ...{ kind: 'failed', stop: true },
      detail: 'the server has another host key than the pinned one',
    });
    expect(sftp.deeds).toEqual([]);
  });

  test.each([EMAIL, DIGEST, SFTP])('a secret that is not set, in %s %s', async (...shown) => {
    secrets = {};
    await expect(push(shown)).rejects.toThrow(/^secret env:\w+ is not set$/);
    expect([smtp.mails, sftp.deeds]).toEqual([[], []]);
  });
});

describe('is refused, with its path', () => {
  const mail = { from: 'a@b.example', to: ['c@d.example'] };
  const files = { host: 'h.example', user: 'u', password: 'env:P', times: { at: ['17:30'] } };
  const key = `SHA256:${'A'.repeat(43)}`;
  const WRONG: [says: string, adapter: string, options: object, path: string, words: RegExp][] = [
    ['no recipient', 'email', { ...mail, to: [] }, 'to', /./],
    ['a password in the open', 'email', { ...mail, server: 'smtps://u:p@h' }, 'server', /never/],
    [
      'a subject of no field',
      'email',
      { ...mail, subject: '{fax}' },
      'subject',
      /"fax" is no field/,
    ],
    [
      'a subject of a field that the mail does not have',
      'email',
      { ...mail, subject: '{phone}', fields: { Tel: 'phone' } },
      'subject',
      /wants \{lead_id\}, \{contract\}, \{Tel\}; \{phone\} is none/,
    ],
    [
      'a person in the subject of many',
      'email',
      { ...mail, subject: '{phone}', digest: { at: ['17:30'] } },
      'subject',
      /wants \{leads\}, \{file\}, \{contract\}; \{phone\} is none/,
    ],
    [
      'a time that is none',
      'email',
      { ...mail, digest: { at: ['24:00'] } },
      'digest.at[0]',
      /17:00/,
    ],
    ['no host key', 'sftp', files, 'host_key', /is missing/],
    ['a host key that is none', 'sftp', { ...files, host_key: 'MD5:1' }, 'host_key', /ssh-keygen/],
    [
      'two ways to log in',
      'sftp',
      { ...files, host_key: key, private_key: 'env:K' },
      'password',
      /either/,
    ],
    [
      'a column of no field',
      'sftp',
      { ...files, host_key: key, fields: { x: 'fax' } },
      'fields.x',
      /fax/,
    ],
  ];
  test.for(WRONG)('%s', ([, adapter, options, path, words]) => {
    const verdict = worldWith(contractWith({ adapter, options }));
    expect(verdict.ok ? [] : verdict.errors).toEqual([
      expect.objectContaining({
        path: `contracts.apex_auto.deliveries[0].options.${path}`,
        says: expect.stringMatching(words) as string,
      }),
    ]);
  });
});

describe('the next time', () => {
  const utc = (text: string) => Date.parse(`${text}:00Z`);
  const times = (at: string[], days?: ('mon' | 'fri')[]) =>
    timesOf({ at, days: days ?? ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] });
  // Friday, 27 November 2026; Chicago is six hours behind. Clocks change on 8 March and 1 November.
  const FACTS: [says: string, of: ReturnType<typeof times>, after: string, next: string][] = [
    ['is later today', times(['17:30']), '2026-11-27T23:29', '2026-11-27T23:30'],
    ['is never now', times(['17:30']), '2026-11-27T23:30', '2026-11-28T23:30'],
    ['is the earlier of two', times(['17:30', '09:00']), '2026-11-27T14:00', '2026-11-27T15:00'],
    [
      'is on a day that is named',
      times(['17:30'], ['mon']),
      '2026-11-27T12:00',
      '2026-11-30T23:30',
    ],
    ['is a week away', times(['17:30'], ['fri']), '2026-11-27T23:30', '2026-12-04T23:30'],
    ['that clocks skip is at the skip', times(['02:30']), '2026-03-08T06:00', '2026-03-08T08:00'],
    ['that comes twice counts once', times(['01:30']), '2026-11-01T06:30', '2026-11-02T07:30'],
  ];
  test.for(FACTS)('%s', ([, of, after, next]) => {
    expect(nextTime(of, 'America/Chicago', utc(after))).toBe(utc(next));
  });
});
