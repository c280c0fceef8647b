// Every workflow that the Workers register.

export { buyerCaps } from './buyer-caps.ts';
export { distributeLead } from './distribute-lead.ts';
export { fetchLead } from './fetch-lead.ts';
export { redeliverLead } from './redeliver.ts';
export { sendBatch } from './send-batch.ts';
export { transferCall } from './transfer-call.ts';
