// A stand-in for LinkedIn's API: a real server with responses to a form, which checks token,
// version and protocol as LinkedIn does, shows the fields that were asked for, and can misbehave.
// It keeps what it was asked for, in order.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What it does with a response: hands it out, answers with an error, or says nothing at all. */
export type LinkedinAnswer =
  | { readonly response: Readonly<Record<string, unknown>> }
  | { readonly status: number; readonly code?: string }
  | { readonly text: string }
  | 'hangs'
  | 'hangs_up';

export interface FakeLinkedin {
  readonly url: string;
  /** `host:port`. */
  readonly address: string;
  /** The ids that were asked for. */
  readonly asked: string[];
  /** The answers to come for a response, the last one again and again. */
  will(id: string, ...answers: LinkedinAnswer[]): void;
  close(): Promise<void>;
}

/** Only this token is good, only this version is known. */
export const LINKEDIN_TOKEN = 'linkedin token';
export const LINKEDIN_VERSION = '202511';

/** Starts it on a free port. */
export async function startLinkedin(): Promise<FakeLinkedin> {
  const asked: string[] = [];
  const answers = new Map<string, LinkedinAnswer[]>();

  function answer(req: IncomingMessage, res: ServerResponse): void {
    const url = new URL(req.url ?? '', 'http://linkedin');
    const [, path = ''] = /^\/rest\/leadFormResponses\/([^/]+)$/.exec(url.pathname) ?? [];
    const id = decodeURIComponent(path);
    asked.push(id);
    const wrong = refusalOf(req);
    if (wrong) return fail(res, wrong);
    const next = answers.get(id) ?? [{ status: 404, code: 'NOT_FOUND' }];
    const [now = 'hangs'] = next.length > 1 ? next.splice(0, 1) : next;
    if (now === 'hangs') return;
    if (now === 'hangs_up') return void req.socket.destroy();
    if ('text' in now) return void res.writeHead(200).end(now.text);
    if ('status' in now) return fail(res, now);
    send(res, 200, shown({ id, ...now.response }, url.searchParams.get('fields')));
  }

  const server = createServer(answer);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    ...{ url: `http://${address}`, address, asked },
    will: (id, ...next) => void answers.set(id, next),
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

function refusalOf({ method, headers }: IncomingMessage) {
  if (headers.authorization !== `Bearer ${LINKEDIN_TOKEN}`) {
    return { status: 401, code: 'INVALID_ACCESS_TOKEN' };
  }
  if (headers['linkedin-version'] !== LINKEDIN_VERSION) {
    return { status: 426, code: 'NONEXISTENT_VERSION' };
  }
  if (headers['x-restli-protocol-version'] !== '2.0.0') {
    return { status: 400, code: 'INVALID_PROTOCOL' };
  }
  return method === 'GET' ? undefined : { status: 405, code: 'METHOD_NOT_ALLOWED' };
}

/** The fields that were asked for. Without any there is everything but the form. */
function shown(response: Readonly<Record<string, unknown>>, fields: string | null): object {
  const { form, ...rest } = response;
  if (fields === null) return rest;
  const [, parts = ''] = /form:\(([^)]*)\)/.exec(fields) ?? [];
  const names = fields.replace(/form:\([^)]*\)/, 'form').split(',');
  const ofForm = pick((form ?? {}) as typeof response, parts.split(','));
  return pick({ ...rest, ...(form !== undefined && { form: ofForm }) }, names);
}

function pick(all: Readonly<Record<string, unknown>>, names: readonly string[]) {
  return Object.fromEntries(Object.entries(all).filter(([name]) => names.includes(name)));
}

function fail(res: ServerResponse, { status, code = 'X' }: { status: number; code?: string }) {
  // As LinkedIn: its message may quote the request.
  send(res, status, { serviceErrorCode: 65600, code, message: 'no: Ann Lee', status });
}

function send(res: ServerResponse, status: number, body: object): void {
  res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

/** A question that LinkedIn knows, or one of the advertiser's own, and what was answered. */
export type Asked =
  | { readonly predefinedField?: string; readonly name: string; readonly answer: string }
  | {
      readonly name: string;
      readonly choices: readonly string[];
      readonly chosen: readonly unknown[];
    };

const localized = (text: string) => ({ localized: { en_US: text } });

/** A response as LinkedIn tells it. A choice has its place in the list, from 1 on, as its id. */
export function linkedinResponse(
  asked: readonly Asked[],
  more: { form?: object; [name: string]: unknown } = {},
): { readonly response: Readonly<Record<string, unknown>> } {
  const { form, ...rest } = more;
  const questions = asked.map((each, index) => ({
    ...{ questionId: 107_234_246 + index, name: each.name, responseRequired: true },
    question: localized(`${each.name}, please`),
    ...('predefinedField' in each && { predefinedField: each.predefinedField }),
    questionDetails:
      'choices' in each
        ? { multipleChoiceQuestionDetails: { options: each.choices.map(optionOf) } }
        : { textQuestionDetails: { maxResponseLength: 300 } },
  }));
  const answers = asked.map((each, index) => ({
    questionId: 107_234_246 + index,
    answerDetails:
      'choices' in each
        ? { multipleChoiceAnswer: { options: each.chosen } }
        : { textQuestionAnswer: { answer: each.answer } },
  }));
  const response = {
    ...{ owner: { sponsoredAccount: 'urn:li:sponsoredAccount:7' }, leadType: 'SPONSORED' },
    submitter: 'urn:li:person:0',
    leadMetadata: { sponsoredLeadMetadata: { campaign: 'urn:li:sponsoredCampaign:501' } },
    versionedLeadGenFormUrn: 'urn:li:versionedLeadGenForm:(urn:li:leadGenForm:7234246,1)',
    ...{ submittedAt: 1_693_000_000_000, testLead: false },
    associatedEntity: { associatedCreative: 'urn:li:sponsoredCreative:701' },
    formResponse: { consentResponses: [{ accepted: true, consentId: 1 }], answers },
    form: {
      ...{ name: 'Autumn', id: 7_234_246, hiddenFields: [], content: { questions } },
      ...{ creationLocale: { country: 'US', language: 'en' }, ...form },
    },
    ...rest,
  };
  return { response };
}

function optionOf(text: string, index: number) {
  return { id: index + 1, text: localized(text) };
}
