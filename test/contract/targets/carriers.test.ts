// Mail and files on their way out: what servers get, and what their answers come to.

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { createMailer } from '../../../src/activities/delivering/mail.ts';
import { createUploader } from '../../../src/activities/delivering/sftp.ts';
import type { Mail } from '../../../src/delivery/targets/target.ts';
import { openSftp } from '../../support/fakes/sftp.ts';
import { openSmtp } from '../../support/fakes/smtp.ts';

const guardFor = (...places: readonly string[]) => ({
  allowPrivate: new Set(places),
  allowHttp: false,
});

const MAIL: Mail = {
  id: 'lead_1/apex_auto/desk',
  from: 'Leads <leads@agency.example>',
  to: ['desk@buyer.example', 'boss@buyer.example'],
  subject: 'New lead lead_1',
  text: 'Zip: 78704\n',
  html: '<p>Zip: 78704</p>',
  attachments: [{ name: 'lead_1.csv', content: 'zip\r\n78704\r\n' }],
};

describe('mail', () => {
  let smtp: Awaited<ReturnType<typeof openSmtp>>;
  beforeEach(async () => void (smtp = await openSmtp({ name: 'sluice', password: 'p w' })));
  afterEach(() => smtp.close());
  const server = () => `smtp://sluice:p%20w@127.0.0.1:${smtp.port}`;
  const send = (to = server(), timeoutMs = 5_000, mail = MAIL) =>
    createMailer(guardFor(`127.0.0.1:${smtp.port}`))({ server: to, timeoutMs }, mail);

  test('comes with text, HTML, file and the same Message-ID on each try', async () => {
    expect(await send()).toEqual({ kind: 'taken', says: '250 queued as q1', refused: [] });
    await send();
    const [first, second] = smtp.mails;
    expect(first).toMatchObject({
      to: ['desk@buyer.example', 'boss@buyer.example'],
      user: 'sluice',
    });
    expect(first?.text).toContain('Subject: New lead lead_1\r\n');
    for (const part of ['Zip: 78704', '<p>Zip: 78704</p>', 'filename=lead_1.csv']) {
      expect(first?.text).toContain(part);
    }
    const id = 'Message-ID: <lead_1.apex_auto.desk@agency.example>';
    expect([first?.text, second?.text].map((text) => text?.includes(id))).toEqual([true, true]);
  });

  test.each([450, 550])(
    'a mail that the server refuses with %i is refused with its code',
    async (code) => {
      smtp.will({ kind: 'refuse', code });
      expect(await send()).toMatchObject({ kind: 'refused', code });
    },
  );

  test('a wrong password is refused as such', async () => {
    const to = `smtp://sluice:wrong@127.0.0.1:${smtp.port}`;
    expect(await send(to)).toMatchObject({ kind: 'refused', code: 535 });
    expect(smtp.mails).toEqual([]);
  });

  test('a server that takes a mail and says nothing leaves doubt, in time', async () => {
    smtp.will({ kind: 'silent' });
    expect(await send(server(), 300)).toMatchObject({ kind: 'lost' });
    expect(smtp.mails).toHaveLength(1);
  });

  test('a closed port is not sent to', async () => {
    const { port } = smtp;
    await smtp.close();
    expect(await send(server())).toMatchObject({ kind: 'not_sent', isForGood: false });
    smtp = await openSmtp();
    expect(smtp.port).not.toBe(port);
  });

  test.each([
    ['a private address', (port: number) => `smtp://127.0.0.1:${port + 1}`],
    ['another port', () => 'smtp://93.184.215.14:22'],
    ['a metadata address', () => 'smtp://169.254.169.254:25'],
    ['another scheme', () => 'https://mail.example'],
    ['no URL', () => 'mail.example'],
  ])('%s is refused before anything is sent', async (_, to) => {
    expect(await send(to(smtp.port))).toMatchObject({ kind: 'not_sent', isForGood: true });
  });

  test('a line break in a subject adds no header', async () => {
    await send(server(), 5_000, { ...MAIL, subject: 'Hi\r\nBcc: thief@evil.example' });
    expect(smtp.mails[0]?.text).not.toMatch(/^bcc:/im);
    expect(smtp.mails[0]?.to).not.toContain('thief@evil.example');
  });
});

describe('files', () => {
  let sftp: Awaited<ReturnType<typeof openSftp>>;
  beforeEach(async () => void (sftp = await openSftp({ user: 'sluice', password: 'secret' })));
  afterEach(() => sftp.close());
  const file = { name: 'apex_20261127_1700.csv', content: 'zip\r\n78704\r\n' };
  const put = (about: { password?: string; hostKey?: string; allowed?: boolean } = {}) => {
    const { password = 'secret', hostKey = sftp.hostKey, allowed = true } = about;
    const guard = allowed ? guardFor(`127.0.0.1:${sftp.port}`) : guardFor();
    const place = { host: '127.0.0.1', port: sftp.port, user: 'sluice', folder: '/in' };
    return createUploader(guard)(
      { place: { ...place, password, hostKey }, timeoutMs: 5_000 },
      file,
    );
  };

  test('come under another name first, then whole', async () => {
    expect(await put()).toEqual({ kind: 'uploaded', wasThere: false });
    expect(sftp.deeds).toEqual([
      'write /in/apex_20261127_1700.csv.part',
      'rename /in/apex_20261127_1700.csv.part /in/apex_20261127_1700.csv',
    ]);
    expect([...sftp.files].map(([path, content]) => [path, content.toString()])).toEqual([
      ['/in/apex_20261127_1700.csv', file.content],
    ]);
  });

  test('are not sent again where they stand already, and mended where only a part does', async () => {
    await put();
    expect(await put()).toEqual({ kind: 'uploaded', wasThere: true });
    expect(sftp.deeds).toHaveLength(2);
    sftp.files.set('/in/apex_20261127_1700.csv', Buffer.from('zip'));
    expect(await put()).toEqual({ kind: 'uploaded', wasThere: false });
    expect(sftp.files.get('/in/apex_20261127_1700.csv')?.toString()).toBe(file.content);
  });

  test.each([
    ['another host key', { hostKey: `SHA256:${'A'.repeat(43)}` }],
    ['a wrong password', { password: 'wrong' }],
    ['a private address', { allowed: false }],
  ])('%s is for a person to mend, and nothing is put', async (_, about) => {
    expect(await put(about)).toMatchObject({ kind: 'failed', isForGood: true });
    expect(sftp.deeds).toEqual([]);
  });

  test('a server that is away is tried again', async () => {
    await sftp.close();
    expect(await put()).toMatchObject({ kind: 'failed', isForGood: false });
    sftp = await openSftp({ user: 'sluice', password: 'secret' });
  });
});
