// A step that is spoken in the words of a buyer: what pings, posts and pushes with `adapter: http`
// have in common.

import { z } from 'zod';

import type { HttpPush, HttpStep } from '../../../domain/world/contract.ts';
import { url } from '../settings.ts';
import { answerRules } from './answer.ts';
import { requestOf, requestShape, type WrittenRequest } from './request.ts';

const shape = {
  adapter: z.literal('http').describe('The receiver’s own words, set up here.'),
  url: url.describe('http or https.'),
  ...requestShape,
};

/** Of a ping or a post. */
export const httpAsk = { ...shape, answer: answerRules.describe('How its answer is read.') };

/** Of a push. */
export const httpPush = {
  ...shape,
  answer: answerRules
    .nullable()
    .default(null)
    .describe('How its answer is read. null: every 2xx says that it arrived.'),
};

/** A ping or a post in the form in which it is used. */
export function toHttpStep(written: WrittenRequest & Omit<HttpStep, 'request'>): HttpStep {
  const { adapter, url: address, testUrl = null, fields, timeoutMs, answer } = written;
  const request = requestOf(written);
  return { adapter, url: address, testUrl, fields, timeoutMs, request, answer };
}

/** A push in the form in which it is used. */
export function toHttpPush(written: WrittenRequest & Omit<HttpPush, 'request'>): HttpPush {
  const { adapter, url: address, fields, timeoutMs, answer } = written;
  return { adapter, url: address, fields, timeoutMs, request: requestOf(written), answer };
}
