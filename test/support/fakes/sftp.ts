// An SFTP server that keeps files in memory, with the login and the host key of its own.

import { createHash } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import ssh2 from 'ssh2';

const { OPEN_MODE, STATUS_CODE } = ssh2.utils.sftp;

interface Open {
  readonly path: string;
  content: Buffer;
}

/** What it does with the next files. `silent`: renames them and never says so. */
export type SftpMood = 'take' | 'silent';

interface Kept {
  readonly files: Map<string, Buffer>;
  readonly deeds: string[];
  mood: SftpMood;
}

/** A pair of keys; one in some hundreds of those that ssh2 makes it cannot read itself. */
function readableKeys(): ReturnType<typeof ssh2.utils.generateKeyPairSync> {
  for (;;) {
    const keys = ssh2.utils.generateKeyPairSync('ed25519');
    if (!(ssh2.utils.parseKey(keys.private) instanceof Error)) return keys;
  }
}

/** Listens on a port of its own. */
export async function openSftp(login: { readonly user: string; readonly password: string }) {
  const kept: Kept = { files: new Map(), deeds: [], mood: 'take' };
  const { private: hostKey, public: publicKey } = readableKeys();
  const server = new ssh2.Server({ hostKeys: [hostKey] }, (client) => {
    client.on('error', () => undefined);
    client.on('authentication', (context) => {
      const isKnown = context.method === 'password' && context.password === login.password;
      if (isKnown && context.username === login.user) return context.accept();
      return context.reject(['password']);
    });
    client.on('session', (accept) => {
      accept().on('sftp', (acceptSftp) => serveFiles(acceptSftp(), kept));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const [, blob = ''] = publicKey.split(' ');
  const digest = createHash('sha256').update(Buffer.from(blob, 'base64')).digest('base64');
  return {
    files: kept.files,
    /** What was done, in order: `write /in/a.csv.part`, `rename …`. */
    deeds: kept.deeds,
    will: (next: SftpMood) => void (kept.mood = next),
    port,
    hostKey: `SHA256:${digest.replace(/=+$/, '')}`,
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

function serveFiles(sftp: ssh2.SFTPWrapper, kept: Kept): void {
  const { files, deeds } = kept;
  const open = new Map<number, Open>();
  const handleOf = (buffer: Buffer) => open.get(buffer.readUInt32BE(0));
  const attributes = (size: number) => ({
    mode: 0o100644,
    uid: 0,
    gid: 0,
    size,
    atime: 0,
    mtime: 0,
  });
  const stat = (id: number, path: string) => {
    const file = files.get(path);
    if (file) return void sftp.attrs(id, attributes(file.length));
    return void sftp.status(id, STATUS_CODE.NO_SUCH_FILE);
  };
  const move = (id: number, from: string, to: string) => {
    const file = files.get(from);
    if (!file) return void sftp.status(id, STATUS_CODE.NO_SUCH_FILE);
    if (files.has(to)) return void sftp.status(id, STATUS_CODE.FAILURE);
    files.set(to, file);
    files.delete(from);
    deeds.push(`rename ${from} ${to}`);
    if (kept.mood === 'silent') return;
    return void sftp.status(id, STATUS_CODE.OK);
  };
  const server = sftp as unknown as NodeJS.EventEmitter;
  server.on('REALPATH', (id: number, path: string) => {
    sftp.name(id, [{ filename: path, longname: path, attrs: attributes(0) }]);
  });
  server.on('STAT', stat);
  server.on('LSTAT', stat);
  server.on('OPEN', (id: number, path: string, flags: number) => {
    if ((flags & OPEN_MODE.WRITE) === 0) return void sftp.status(id, STATUS_CODE.PERMISSION_DENIED);
    const handle = Buffer.alloc(4);
    handle.writeUInt32BE(open.size + 1, 0);
    open.set(open.size + 1, { path, content: Buffer.alloc(0) });
    return void sftp.handle(id, handle);
  });
  server.on('WRITE', (id: number, buffer: Buffer, ...[offset, data]: [number, Buffer]) => {
    const file = handleOf(buffer);
    if (!file) return void sftp.status(id, STATUS_CODE.FAILURE);
    const grown = Buffer.alloc(Math.max(file.content.length, offset + data.length));
    file.content.copy(grown);
    data.copy(grown, offset);
    file.content = grown;
    return void sftp.status(id, STATUS_CODE.OK);
  });
  server.on('FSTAT', (id: number, buffer: Buffer) => {
    sftp.attrs(id, attributes(handleOf(buffer)?.content.length ?? 0));
  });
  server.on('FSETSTAT', (id: number) => void sftp.status(id, STATUS_CODE.OK));
  server.on('CLOSE', (id: number, buffer: Buffer) => {
    const file = handleOf(buffer);
    if (file) {
      files.set(file.path, file.content);
      deeds.push(`write ${file.path}`);
    }
    sftp.status(id, STATUS_CODE.OK);
  });
  server.on('RENAME', move);
  server.on('REMOVE', (id: number, path: string) => {
    deeds.push(`remove ${path}`);
    sftp.status(id, files.delete(path) ? STATUS_CODE.OK : STATUS_CODE.NO_SUCH_FILE);
  });
}
