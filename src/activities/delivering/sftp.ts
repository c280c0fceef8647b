// Puts files on SFTP servers: under another name first, then renamed, so that whoever reads the
// folder never sees half a file. The server's key is pinned; the guard has checked its address.

import { createHash } from 'node:crypto';
import SftpClient from 'ssh2-sftp-client';
import type { UploadFile, UploadPlace, UploadReply } from '../../delivery/targets/target.ts';
import { AddressRefused, checkedAddress, type GuardSettings } from '../guard.ts';

/** Puts a file there, or finds that it is there already. Never throws. */
export type Upload = (
  to: { readonly place: UploadPlace; readonly timeoutMs: number },
  file: UploadFile,
) => Promise<UploadReply>;

/** An uploader that reaches no private address but the allowed ones. */
export function createUploader(guard: GuardSettings): Upload {
  return async ({ place, timeoutMs }, file) => {
    const client = new SftpClient();
    let timer: NodeJS.Timeout | undefined;
    const over = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error('late')), timeoutMs);
    });
    try {
      const putting = checkedAddress(place, guard).then(async (address) => {
        await connect(client, { place, address, timeoutMs });
        return put(client, place.folder, file);
      });
      return await Promise.race([putting, over]);
    } catch (cause) {
      return failed(cause);
    } finally {
      clearTimeout(timer);
      // A connection that never came up has nothing to end.
      void client.end().catch(() => undefined);
    }
  };
}

async function connect(
  client: SftpClient,
  { place, address, timeoutMs }: { place: UploadPlace; address: string; timeoutMs: number },
): Promise<void> {
  const { port, user, password, privateKey, hostKey } = place;
  await client.connect({
    ...{ host: address, port, username: user, readyTimeout: timeoutMs },
    ...(password !== undefined && { password }),
    ...(privateKey !== undefined && { privateKey }),
    hostVerifier: (key: Buffer) => fingerprintOf(key) === hostKey.replace(/=+$/, ''),
  });
}

/** As ssh-keygen -l prints it. */
export function fingerprintOf(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

async function put(client: SftpClient, folder: string, file: UploadFile): Promise<UploadReply> {
  const path = `${folder.replace(/\/$/, '')}/${file.name}`;
  const content = Buffer.from(file.content, 'utf8');
  const before = await sizeOf(client, path);
  if (before === content.length) return { kind: 'uploaded', wasThere: true };
  await client.put(content, `${path}.part`);
  const size = await sizeOf(client, `${path}.part`);
  if (size !== content.length) throw new Error(`${size} of ${content.length} bytes arrived`);
  // Plain renames replace nothing, and not every server knows another.
  if (before !== undefined) await client.delete(path);
  await client.rename(`${path}.part`, path);
  return { kind: 'uploaded', wasThere: false };
}

/** Undefined if there is no such file. */
async function sizeOf(client: SftpClient, path: string): Promise<number | undefined> {
  return (await client.exists(path)) === '-' ? (await client.stat(path)).size : undefined;
}

// What ssh2 says, in our words: a server's own may hold anything, and what is said here is kept.
const FOR_GOOD: readonly [said: RegExp, means: string][] = [
  [/host denied|verification failed/i, 'the server has another host key than the pinned one'],
  [/authentication methods failed/i, 'the server does not take the login'],
  [/permission denied/i, 'the folder may not be written to'],
  [/parse privateKey/i, 'the private key cannot be read'],
];
const FOR_LATER: readonly [said: RegExp, means: string][] = [
  [/^late$/, 'the time of the push was over'],
  [/no such file/i, 'there is no such folder'],
  [/of \d+ bytes arrived/, 'the file did not arrive whole'],
];

function failed(cause: unknown): UploadReply {
  const { message = '', code } = Object(cause) as { message?: string; code?: unknown };
  if (cause instanceof AddressRefused) {
    return { kind: 'failed', detail: `address_refused: ${message}`, isForGood: true };
  }
  const meant = (of: typeof FOR_GOOD) => of.find(([said]) => said.test(message))?.[1];
  const forGood = meant(FOR_GOOD);
  if (forGood) return { kind: 'failed', detail: forGood, isForGood: true };
  const known = typeof code === 'string' && /^[A-Z_]{1,40}$/.test(code) ? ` (${code})` : '';
  const detail = meant(FOR_LATER) ?? `the server did not take the file${known}`;
  return { kind: 'failed', detail, isForGood: false };
}
