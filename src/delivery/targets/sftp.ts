// A folder of a buyer's SFTP server: all leads since the last time in one CSV file, whose name says
// which buyer's it is and when it was due. A file that stands there already, whole, is not sent
// again.

import { z } from 'zod';

import { csvOf } from '../batches/csv.ts';
import { columnsOf, rowsOf } from '../batches/rows.ts';
import { batchTimes } from '../batches/times.ts';
import { secretRef } from '../secret-ref.ts';
import { fieldsOf, mappingOf } from './mapping.ts';
import { targetKind } from './kind.ts';
import { done, fail, retry, stop } from './replies.ts';
import type { TargetHost } from './target.ts';

const options = z
  .strictObject({
    host: z
      .string()
      .regex(/^[A-Za-z0-9.:-]{1,253}$/, 'wants a host name, such as sftp.buyer.example')
      .describe('The server.'),
    port: z.int().min(1).max(65_535).default(22).describe('Its port.'),
    user: z.string().min(1).max(100).describe('Who logs in.'),
    password: secretRef.optional().describe('Where the password is found.'),
    private_key: secretRef.optional().describe('Where the private key is found, instead.'),
    host_key: z
      .string()
      .regex(/^SHA256:[A-Za-z0-9+/]{43}=?$/, {
        error: 'wants the fingerprint of the server’s key, SHA256:…, as ssh-keygen -l prints it',
      })
      .describe('The fingerprint of the server’s key; nothing is sent to another.'),
    folder: z
      .string()
      .min(1)
      .max(500)
      .refine((path) => !/[\0\r\n]/.test(path), 'wants a path')
      .default('.')
      .describe('The folder in which the files are put.'),
    times: batchTimes.describe('When a file is put there.'),
    fields: mappingOf(z.string().trim().min(1).max(100))
      .default({})
      .describe('The columns. Default: lead_id and every field that the delivery may carry.'),
  })
  .refine(({ password, private_key: key }) => (password === undefined) !== (key === undefined), {
    error: 'wants either a password or a private_key',
    path: ['password'],
  });
type Options = z.output<typeof options>;

/** The kind `sftp`. */
export const sftp = targetKind(options, {
  confirms: false,
  fieldsIn: ({ fields }) => fieldsOf(fields, 'fields'),
  // Leads go there in batches only.
  deliver: () => () => Promise.resolve(fail('an SFTP server takes leads in batches only')),
  batch: ({ times }) => times,
  deliverBatch: (given) => async (batch, host) => {
    const rows = rowsOf(given.fields, batch.pushes);
    const file = { name: batch.fileName, content: csvOf(columnsOf(given.fields, rows), rows) };
    const came = await host.upload(await placeOf(given, host), file);
    if (came.kind === 'failed') return came.isForGood ? stop(came.detail) : retry(came.detail);
    return done(came.wasThere ? `${file.name}, which was there` : file.name);
  },
});

async function placeOf(given: Options, host: TargetHost) {
  const { host: name, port, user, folder, host_key: hostKey } = given;
  const password = given.password && (await host.secret(given.password));
  const privateKey = given.private_key && (await host.secret(given.private_key));
  return { ...{ host: name, port, user, folder, hostKey }, password, privateKey };
}
