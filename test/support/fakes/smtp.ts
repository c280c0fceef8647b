// A mail server that keeps what it is handed, and can refuse, wait or hang up.

import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

/** What it does with the next mails. `silent`: takes the mail and never says so. */
export type SmtpMood =
  | { readonly kind: 'take' }
  | { readonly kind: 'refuse'; readonly code: number }
  | { readonly kind: 'silent' };

export interface TakenMail {
  readonly to: readonly string[];
  readonly user: string | null;
  /** Headers and body as they came. */
  readonly text: string;
}

/** Listens on a port of its own; without a `user` anybody may send. */
export async function openSmtp(user?: { readonly name: string; readonly password: string }) {
  const mails: TakenMail[] = [];
  let mood: SmtpMood = { kind: 'take' };
  const server = new SMTPServer({
    authOptional: user === undefined,
    disabledCommands: user === undefined ? ['AUTH', 'STARTTLS'] : ['STARTTLS'],
    allowInsecureAuth: true,
    onAuth({ username, password }, _session, done) {
      if (username === user?.name && password === user?.password)
        return done(null, { user: username });
      return done(Object.assign(new Error('not you'), { responseCode: 535 }));
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        if (mood.kind === 'refuse') {
          return done(Object.assign(new Error('no'), { responseCode: mood.code }));
        }
        mails.push({
          to: session.envelope.rcptTo.map(({ address }) => address),
          user: typeof session.user === 'string' ? session.user : null,
          text: Buffer.concat(chunks).toString('utf8'),
        });
        if (mood.kind === 'take') done(null, `queued as q${mails.length}`);
      });
    },
  });
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.server.address() as AddressInfo;
  const login = user ? `${user.name}:${user.password}@` : '';
  return {
    mails,
    port,
    url: `smtp://${login}127.0.0.1:${port}`,
    will: (next: SmtpMood) => void (mood = next),
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}
