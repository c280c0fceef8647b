// A process that is killed after a file was put and a mail was taken, and before it could write
// that down: what the buyer's servers have is one file, and mails under one Message-ID; no lead is
// missing, and none is there twice.

import { afterAll, expect } from 'vitest';

import { openSftp } from '../support/fakes/sftp.ts';
import { openSmtp } from '../support/fakes/smtp.ts';
import { attachmentOf, delivery, DIGEST, sellInto, SFTP, soon } from '../support/guide-sales.ts';
import { until } from '../support/until.ts';
import { worldTest } from '../support/world.ts';

const smtp = await openSmtp();
const sftp = await openSftp({ user: 'sluice', password: 'secret' });
afterAll(() => Promise.all([smtp.close(), sftp.close()]));

const test = worldTest({
  env: {
    SMTP_URL: smtp.url,
    BUYER_SFTP_PASSWORD: 'secret',
    OUTBOUND_ALLOW_PRIVATE: [smtp, sftp].map(({ port }) => `127.0.0.1:${port}`).join(','),
  },
});

const idOf = (mail: string) => /^Message-ID: (\S+)\r$/m.exec(mail)?.[1];

test(
  'killed between a file and its mark: one file, one Message-ID, each lead once',
  { timeout: 400_000 },
  async ({ world }) => {
    const times = { at: [soon()] };
    const place = { host: '127.0.0.1', port: sftp.port, host_key: sftp.hostKey, times };
    const files = await sellInto(world, SFTP, place);
    const mails = await sellInto(world, DIGEST, { digest: times });
    const filed = [await files.campaign.submitLead(), await files.campaign.submitLead()];
    const mailed = [await mails.campaign.submitLead(), await mails.campaign.submitLead()];
    sftp.will('silent');
    smtp.will({ kind: 'silent' });
    await until('the file is put', () => sftp.deeds.some((deed) => /^rename/.test(deed)), 150_000);
    await until('the mail is taken', () => smtp.mails.length === 1, 150_000);
    const [serve] = world.processes;
    await serve?.kill();
    const states = await world.rows<{ state: string }>(`select distinct state from deliveries`);
    expect(states).toEqual([{ state: 'trying' }]);
    sftp.will('take');
    smtp.will({ kind: 'take' });
    await serve?.start();

    for (const { id } of filed) {
      const { detail } = await delivery(world, id, 'delivered');
      expect(detail).toMatch(/\.csv, which was there, with 2 leads$/);
    }
    expect(sftp.deeds.map((deed) => deed.split(' ')[0])).toEqual(['write', 'rename']);
    const [file, ...more] = [...sftp.files.values()].map(String);
    expect(more).toEqual([]);
    for (const { id } of filed) expect(file?.split(id)).toHaveLength(2);

    for (const { id } of mailed) await delivery(world, id, 'delivered');
    const [first, second, ...others] = smtp.mails.map(({ text }) => text);
    expect(others).toEqual([]);
    expect(idOf(second ?? '')).toBe(idOf(first ?? ''));
    expect(attachmentOf(second ?? '')).toBe(attachmentOf(first ?? ''));
    for (const { id } of mailed) expect(attachmentOf(second ?? '').split(id)).toHaveLength(2);
  },
);
