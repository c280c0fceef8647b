// LinkedIn's lead sync: the request for one response to a form, and what its answers mean.

import type { Reply } from '../../delivery/adapter.ts';
import { type FetchPlatform, type FetchReply, parseObject } from './platform.ts';

// The form comes along, so that its answers can be told by their questions. Nobody asks for the
// member who answered.
const FIELDS = [
  ...['id', 'owner', 'leadType', 'submittedAt', 'testLead', 'versionedLeadGenFormUrn'],
  ...['associatedEntity', 'leadMetadata', 'formResponse'],
  'form:(hiddenFields,creationLocale,name,id,content)',
].join(',');

export const linkedin: FetchPlatform = {
  tokenRefOf: ({ linkedin: settings }) => settings?.tokenRef ?? undefined,
  buildRequest({ door, externalId, token }) {
    if (!door.linkedin) throw new Error('a door of LinkedIn without its settings');
    const { baseUrl, version } = door.linkedin;
    const id = encodeURIComponent(externalId);
    return {
      method: 'GET',
      url: `${baseUrl.replace(/\/+$/, '')}/rest/leadFormResponses/${id}?fields=${FIELDS}`,
      headers: {
        ...{ authorization: `Bearer ${token}`, accept: 'application/json' },
        ...{ 'linkedin-version': version, 'x-restli-protocol-version': '2.0.0' },
      },
      body: null,
    };
  },
  readReply,
};

/** What only a person can mend; said of the status, with what to do about it. */
const FINAL: Readonly<Record<number, string>> = {
  401: 'the token is refused: another one is needed',
  403: 'the token may not read this response: its app or its member lacks the permission',
  404: 'the response is not there any more',
};

function readReply(reply: Reply): FetchReply {
  if (reply.kind !== 'answer') return { kind: 'again', says: `no answer: ${reply.reason}` };
  const { status, body } = reply.reply;
  if (status === 200) return { kind: 'lead', body };
  const final = FINAL[status];
  if (final !== undefined) return { kind: 'final', says: `LinkedIn says ${status}: ${final}` };
  // A limit (429), a passing fault, or a version that the operator has yet to replace: it says so
  // in a code.
  const code = parseObject(body)?.['code'];
  const isCode = typeof code === 'string' && /^[A-Z_]{1,60}$/.test(code);
  return { kind: 'again', says: `LinkedIn says ${status}${isCode ? `, ${code}` : ''}` };
}
