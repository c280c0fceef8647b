// Hands mails to a mail server, by nodemailer: one connection for each, within one total time, to
// an address that the guard has checked. What went wrong is a value.

import net from 'node:net';
import { createTransport } from 'nodemailer';
import type { Mail, MailReply } from '../../delivery/targets/target.ts';
import { AddressRefused, checkedAddress, type GuardSettings } from '../guard.ts';

/** Hands one mail to `smtp://` or `smtps://user:password@host:port`. Never throws. */
export type SendMail = (
  to: { readonly server: string; readonly timeoutMs: number },
  mail: Mail,
) => Promise<MailReply>;

const PORTS: ReadonlySet<number> = new Set([25, 465, 587, 2525]);

/** A sender that reaches no private address but the allowed ones. */
export function createMailer(guard: GuardSettings): SendMail {
  return async ({ server, timeoutMs }, mail) => {
    const parsed = readServer(server);
    if (!parsed) {
      const detail = 'the mail server wants smtp:// or smtps://user:password@host:port';
      return { kind: 'not_sent', detail, isForGood: true };
    }
    try {
      const { host, port } = parsed;
      const isAllowed = guard.allowPrivate.has(`${host}:${port}`);
      if (!isAllowed && !PORTS.has(port)) throw new AddressRefused(`port ${port} is not allowed`);
      const address = await checkedAddress(parsed, guard);
      return await sendThrough(parsed, { address, timeoutMs, needsTls: !isAllowed, mail });
    } catch (cause) {
      if (cause instanceof AddressRefused) {
        return { kind: 'not_sent', detail: `address_refused: ${cause.message}`, isForGood: true };
      }
      return replyOf(cause);
    }
  };
}

interface Server {
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
  readonly auth?: { readonly user: string; readonly pass: string };
}

function readServer(text: string): Server | undefined {
  if (!URL.canParse(text)) return undefined;
  const { protocol, hostname, port, username, password } = new URL(text);
  if (!/^smtps?:$/.test(protocol) || hostname === '') return undefined;
  const secure = protocol === 'smtps:';
  const [user, pass] = [username, password].map(decoded);
  if (user === undefined || pass === undefined) return undefined;
  return {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port) || (secure ? 465 : 587),
    secure,
    ...(username !== '' && { auth: { user, pass } }),
  };
}

/** Undefined where a percent sign begins no character. */
function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

async function sendThrough(
  { host, port, secure, auth }: Server,
  told: { address: string; timeoutMs: number; needsTls: boolean; mail: Mail },
): Promise<MailReply> {
  const { address, timeoutMs, needsTls, mail } = told;
  const transport = createTransport({
    ...{ host: address, port, secure, auth },
    // Passwords and persons never go in the clear, but to an address that was allowed by name; and
    // wherever there is TLS, its certificate is that of the name.
    requireTLS: needsTls,
    tls: net.isIP(host) === 0 ? { servername: host } : {},
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<MailReply>((resolve) => {
    timer = setTimeout(() => resolve({ kind: 'lost', detail: 'late' }), timeoutMs);
  });
  try {
    const { from, to, replyTo, subject, text, html, attachments } = mail;
    const domain =
      from
        .split('@')
        .at(-1)
        ?.replace(/[^\w.-]/g, '') ?? 'sluice';
    const files = attachments.map(({ name, content }) => ({ filename: name, content }));
    const sending = transport.sendMail({
      ...{ from, to: [...to], subject, text, html, attachments: files },
      ...(replyTo !== undefined && { replyTo }),
      messageId: `<${mail.id.replace(/[^\w.-]/g, '.')}@${domain}>`,
    });
    const sent = sending.then(({ response, rejected }): MailReply => {
      return { kind: 'taken', says: response, refused: rejected.map(String) };
    }, replyOf);
    return await Promise.race([sent, over]);
  } finally {
    clearTimeout(timer);
    transport.close();
  }
}

/** Which step of the talk failed decides whether anything may have arrived. */
function replyOf(cause: unknown): MailReply {
  const { code, responseCode, command, response } = Object(cause) as Record<string, unknown>;
  if (typeof responseCode === 'number') {
    return { kind: 'refused', code: responseCode, says: String(response ?? '').slice(0, 200) };
  }
  const detail = typeof code === 'string' ? code : 'unknown';
  if (command === 'DATA' || command === undefined) return { kind: 'lost', detail };
  return { kind: 'not_sent', detail, isForGood: false };
}
