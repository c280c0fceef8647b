// Sold leads that leave by mail and as files, as the guides show them: what the buyer's own servers
// got, and what the trace says of it.

import { afterAll, expect } from 'vitest';
import { parse } from 'yaml';

import { openSftp } from '../support/fakes/sftp.ts';
import { openSmtp } from '../support/fakes/smtp.ts';
import { guideExample } from '../support/guide.ts';
import { until } from '../support/until.ts';
import { type World, worldTest } from '../support/world.ts';

const smtp = await openSmtp();
const sftp = await openSftp({ user: 'sluice', password: 'secret' });
afterAll(() => Promise.all([smtp.close(), sftp.close()]));

const test = worldTest({
  env: {
    SMTP_URL: smtp.url,
    BUYER_SFTP_PASSWORD: 'secret',
    OUTBOUND_ALLOW_PRIVATE: `127.0.0.1:${smtp.port},127.0.0.1:${sftp.port}`,
  },
});

/** A sale whose contract has the deliveries of a guide's example, with these options changed. */
async function sellWith(
  world: World,
  [page, example]: readonly [string, string],
  options: Readonly<Record<string, unknown>> = {},
) {
  const buyer = await world.buyer({ bidCents: 900 });
  const campaign = await world.campaign([{ method: 'ping_post', buyers: [buyer] }]);
  const shown = parse(guideExample(page, example)) as { deliveries: { options: object }[] };
  const deliveries = shown.deliveries.map((delivery) => ({
    ...delivery,
    options: { ...delivery.options, ...options },
  }));
  Object.assign(world.document.contracts[buyer.contract] ?? {}, { deliveries });
  await world.apply();
  return { buyer, campaign };
}

/** A time of day that is less than two minutes away, on the clock of UTC. */
const soon = () => new Date(Date.now() + 70_000).toISOString().slice(11, 16);

test.concurrent('a lead leaves by mail the moment it is sold', async ({ world }) => {
  const { campaign } = await sellWith(world, ['target-email.md', 'email']);
  const lead = await campaign.submitLead();
  await world.done(lead.id);
  const mail = await until('the mail', () => smtp.mails.find(({ text }) => text.includes(lead.id)));
  expect(mail.to).toEqual(['desk@buyer.example']);
  expect(mail.text).toContain(`Subject: New lead from TX: ${lead.id}`);
  expect(mail.text).toContain(`filename=${lead.id}.csv`);
  expect((await world.settled(lead.id)).deliveries).toMatchObject([
    { target: 'desk', state: 'delivered', detail: expect.stringContaining('queued as q') },
  ]);
});

const together = [
  { what: 'a mail', at: ['target-email.md', 'digest'], target: 'evening' },
  { what: 'a file', at: ['target-sftp.md', 'sftp'], target: 'files' },
] as const;

test.concurrent.for(together)(
  'leads leave together in $what',
  { timeout: 240_000 },
  async ({ at, target }, { world }) => {
    const times = { at: [soon()] };
    const place = { host: '127.0.0.1', port: sftp.port, host_key: sftp.hostKey, times };
    const { buyer, campaign } = await sellWith(
      world,
      at,
      target === 'files' ? place : { digest: times },
    );
    const leads = [await campaign.submitLead(), await campaign.submitLead()];
    for (const { id } of leads) {
      expect((await world.settled(id)).deliveries).toMatchObject([
        { target, state: 'trying', detail: expect.stringMatching(/^goes out /) },
      ]);
    }
    const csv = await until(
      'the file',
      () =>
        target === 'files'
          ? [...sftp.files].find(([path]) => path.includes(buyer.contract))?.[1].toString()
          : smtp.mails.find(({ text }) => text.includes(`${buyer.contract}_`))?.text,
      200_000,
    );
    const decoded = target === 'files' ? csv : attachmentOf(csv);
    const lines = decoded.trim().split('\r\n');
    expect(lines).toHaveLength(3);
    for (const { id } of leads) expect(lines.filter((line) => line.startsWith(id))).toHaveLength(1);
    const proof = { state: 'delivered', detail: expect.stringContaining('with 2 leads') };
    for (const { id } of leads) {
      const told = await until('delivered', async () => {
        const { deliveries } = await world.trace(id);
        return deliveries[0]?.state === 'delivered' && deliveries;
      });
      expect(told).toMatchObject([proof]);
    }
  },
);

/** The CSV file in a mail, whatever its encoding on the way. */
function attachmentOf(mail: string): string {
  const [, part = ''] = mail.split(/filename=[^\r\n]+\.csv/);
  const [head = '', ...rest] = part.split('\r\n\r\n');
  const body = (rest[0] ?? '').split('\r\n--')[0] ?? '';
  return /base64/i.test(mail.slice(mail.lastIndexOf('Content-Type', mail.indexOf('.csv'))) + head)
    ? Buffer.from(body, 'base64').toString('utf8')
    : body;
}
