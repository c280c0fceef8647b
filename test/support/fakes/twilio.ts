// Twilio's messages: sent by form, found again by number.

import { type Answered, formIn, startVendor } from './vendor.ts';

export const TWILIO_KEY = 'SK00000000000000000000000000000001:twilio-secret';
export const ACCOUNT_SID = `AC${'a1'.repeat(16)}`;

export interface FakeMessage {
  readonly sid: string;
  readonly to: string;
  readonly body: string;
  readonly status: string;
  readonly error_code: number | null;
}

export async function startTwilio() {
  const messages: FakeMessage[] = [];
  const vendor = await startVendor((asked): Answered => {
    const { pathname, searchParams } = new URL(asked.path, 'http://fake');
    const basic = `Basic ${Buffer.from(TWILIO_KEY).toString('base64')}`;
    if (asked.headers.authorization !== basic) {
      return { status: 401, body: { code: 20003, message: 'Authenticate', status: 401 } };
    }
    if (pathname !== `/2010-04-01/Accounts/${ACCOUNT_SID}/Messages.json`) {
      return { status: 404, body: { code: 20404, message: 'not found', status: 404 } };
    }
    if (asked.method === 'GET') {
      const isWhole = /^\d{4}-\d\d-\d\d$/.test(searchParams.get('DateSent>') ?? '');
      if (!isWhole) return { status: 400, body: { code: 20001, status: 400 } };
      const size = Number(searchParams.get('PageSize'));
      const page = Number(searchParams.get('Page') ?? 0);
      const to = messages.filter((one) => one.to === searchParams.get('To')).toReversed();
      const next = new URLSearchParams(searchParams);
      next.set('Page', String(page + 1));
      const isLast = (page + 1) * size >= to.length;
      const found = to.slice(page * size, (page + 1) * size);
      const uri = isLast ? null : `${pathname}?${next}`;
      return { status: 200, body: { messages: found, next_page_uri: uri } };
    }
    const { To: to = '', From: from, Body: body = '' } = formIn(asked) ?? {};
    if (!/^\+\d{8,15}$/.test(to) || !from) {
      return { status: 400, body: { code: 21211, message: `Invalid 'To' ${to}`, status: 400 } };
    }
    if (body === '' || body.length > 1_600) return { status: 400, body: { code: 21617 } };
    const sid = `SM${String(messages.length + 1).padStart(32, '0')}`;
    const message = { sid, to, body, status: 'queued', error_code: null };
    messages.push(message);
    return { status: 201, body: message };
  });
  return { ...vendor, messages };
}
