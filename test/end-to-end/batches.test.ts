// Sold leads that leave by mail and as files, through the real process, as the guides show them.
// The witnesses are the journals of the buyer's own servers: what they got, how often, under which
// name; and the trace says of each lead what became of it.

import { afterAll, expect } from 'vitest';

import { openSftp } from '../support/fakes/sftp.ts';
import { openSmtp } from '../support/fakes/smtp.ts';
import {
  attachmentOf,
  batchRun,
  delivery,
  DIGEST,
  EMAIL,
  sellInto,
  SFTP,
  soon,
} from '../support/guide-sales.ts';
import { clearText, replay, storeHistory } from '../support/histories.ts';
import { until } from '../support/until.ts';
import { worldTest } from '../support/world.ts';

const smtp = await openSmtp();
const sftp = await openSftp({ user: 'sluice', password: 'secret' });
/** Knows somebody else only. */
const strict = await openSftp({ user: 'other', password: 'another' });
afterAll(() => Promise.all([smtp.close(), sftp.close(), strict.close()]));

const test = worldTest({
  env: {
    SMTP_URL: smtp.url,
    BUYER_SFTP_PASSWORD: 'secret',
    OUTBOUND_ALLOW_PRIVATE: [smtp, sftp, strict].map(({ port }) => `127.0.0.1:${port}`).join(','),
  },
});
const isRecording = process.env['SLUICE_RECORD_HISTORIES'] === '1';
const PATIENTLY = { timeout: 400_000 };

const at = ({ port, hostKey }: typeof sftp) => {
  return { host: '127.0.0.1', port, host_key: hostKey, times: { at: [soon()] } };
};
const filesOf = (contract: string): string[] =>
  [...sftp.files].flatMap(([path, content]) =>
    path.startsWith(`/incoming/${contract}-`) ? [content.toString()] : [],
  );
const attachmentsOf = (contract: string): string[] =>
  smtp.mails.flatMap(({ text }) =>
    text.includes(`${contract}-evening-`) ? [attachmentOf(text)] : [],
  );

test.concurrent('a lead leaves by mail the moment it is sold', async ({ world }) => {
  const { campaign } = await sellInto(world, EMAIL);
  const { id } = await campaign.submitLead();
  await world.done(id);
  const mail = await until('the mail', () => smtp.mails.find(({ text }) => text.includes(id)));
  expect(mail.to).toEqual(['desk@buyer.example']);
  expect(mail.text).toContain(`Subject: New lead Ann: ${id}`);
  for (const part of ['First name: Ann', '<td>Ann</td>', `filename=${id}.csv`]) {
    expect(mail.text).toContain(part);
  }
  expect((await world.settled(id)).deliveries).toMatchObject([
    { target: 'desk', state: 'delivered', detail: expect.stringContaining('queued as q') },
  ]);
});

const WAYS = [
  { what: 'a mail', shown: DIGEST, head: /^lead_id,/, came: attachmentsOf },
  { what: 'a file', shown: SFTP, head: /^id,first,phone,mail$/, came: filesOf },
] as const;

test.concurrent.for(WAYS)('leads leave together in $what', PATIENTLY, async (way, { world }) => {
  const { shown, head, came } = way;
  const options = shown === SFTP ? at(sftp) : { digest: { at: [soon()] } };
  const { contract, campaign } = await sellInto(world, shown, options);
  const leads = [
    await campaign.submitLead({ first_name: '=HYPERLINK("x","y")' }),
    await campaign.submitLead({ first_name: 'Ann, the "first"' }),
  ];
  for (const { id } of leads) {
    const waiting = await delivery(world, id, 'trying');
    expect(waiting.detail).toMatch(/^goes out \d{4}-\d\d-\d\d \d\d:\d\d /);
  }
  for (const { id } of leads) {
    expect((await delivery(world, id, 'delivered')).detail).toMatch(/with 2 leads$/);
  }
  expect(came(contract)).toHaveLength(1);
  const [first = '', ...lines] = came(contract)[0]?.split('\r\n') ?? [];
  expect(first).toMatch(head);
  const ids = lines.filter(Boolean).map((line) => line.split(',')[0]);
  expect(ids).toEqual(leads.map(({ id }) => id));
  expect(lines[0]).toContain(`"'=HYPERLINK(""x"",""y"")"`);
  expect(lines[1]).toContain('"Ann, the ""first"""');

  const run = await batchRun(world, contract);
  expect(await run.result()).toBe('delivered');
  const history = await run.fetchHistory();
  await replay(history);
  expect(clearText(history)).toContain(contract);
  expect(clearText(history)).not.toMatch(/HYPERLINK|Ann|example\.com|\+1512|secret/);
  if (isRecording && shown === SFTP) storeHistory('batch-sent', history);
});

test.concurrent(
  'a login that is not taken fails each lead; mended, they leave with the next file',
  PATIENTLY,
  async ({ world }) => {
    const { contract, campaign, change } = await sellInto(world, SFTP, at(strict));
    const leads = [await campaign.submitLead(), await campaign.submitLead()];
    for (const { id } of leads) {
      const { detail } = await delivery(world, id, 'failed');
      expect(detail).toBe('the server does not take the login');
    }
    expect(strict.deeds).toEqual([]);
    const endpoint = `/v1/endpoints/${contract}/files`;
    expect((await world.operator('GET', endpoint)).body).toMatchObject({ state: 'disabled' });
    const run = await batchRun(world, contract);
    expect(await run.result()).toBe('failed');
    if (isRecording) storeHistory('batch-failed', await run.fetchHistory());

    await change(at(sftp));
    await world.operator('POST', `${endpoint}/enable`);
    const filter = { contract };
    const asked = await world.operator('POST', '/v1/deliveries/redeliver', { filter });
    expect(asked.body).toMatchObject({ count: 2, disabled: 0 });
    for (const { id } of leads) {
      expect((await delivery(world, id, 'delivered')).detail).toMatch(/with 2 leads$/);
    }
    expect(filesOf(contract)).toHaveLength(1);
    for (const { id } of leads) expect(filesOf(contract)[0]?.split(id)).toHaveLength(2);
  },
);
