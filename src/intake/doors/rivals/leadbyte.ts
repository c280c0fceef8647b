// LeadByte: submit.php, by form, JSON or query, answered in JSON; its REST addresses stand beside.

import { type DoorFormat, type DoorRequest, type Reading, refused } from '../door.ts';
import { jsonReply, statusOf } from '../replies.ts';
import { controlOf, readValues } from '../values.ts';
import { QUEUE, readLeads, readQueue, REST } from './leadbyte-rest.ts';
import { leadOf, resultOf } from './leadbyte-words.ts';

const SUBMIT = '/api/submit.php';

/**
 * The door's account is `campid`. Its password is `sid` at submit.php and the key of the API at the
 * REST addresses: a door may have both.
 */
export const leadbyte: DoorFormat = {
  name: 'leadbyte',
  addresses: [SUBMIT, ...REST, ...QUEUE],
  read(request): Reading {
    if (REST.includes(request.address)) return readLeads(request);
    return QUEUE.includes(request.address) ? readQueue(request) : readSubmit(request);
  },
};

function readSubmit(request: DoorRequest): Reading {
  const found = readValues(request, { types: ['form', 'json'], typeOptional: true });
  const told =
    found.kind === 'values'
      ? leadOf(found.values, controlOf(found.values, 'sid') ?? null)
      : refused('unreadable', found.says);
  return {
    kind: 'read',
    told,
    answer(answered, atMs) {
      const processTime = (atMs - request.atMs) / 1000;
      const timestamp = new Date(atMs).toISOString().replace(/\.\d+/, '');
      return jsonReply({ ...resultOf(answered), processTime, timestamp }, statusOf(answered));
    },
  };
}
