// What LeadExec is sent: JSON. The address of a ping is one that the buyer tells.

import { leadexec as answers } from '../leadexec.ts';
import { secretRef } from '../../secret-ref.ts';
import { always, fact, pascal, platform, platformId, secret } from './platform.ts';

/** It has no switch for tests that is known. */
export const leadexec = platform(
  {
    ...{ title: 'LeadExec', url: null, format: 'json', answers },
    names: { ip: 'IPAddress' },
    others: pascal,
    testSwitch: null,
  },
  {
    vendor_id: platformId.describe('vid.'),
    lead_type_id: platformId.describe('lid.'),
    campaign_id: platformId.nullable().default(null).describe('aid, where the buyer gave one.'),
    password: secretRef.nullable().default(null).describe('Where the buyer gave one.'),
  },
  ({ vendor_id: vendor, lead_type_id: leadType, campaign_id: campaign, password }) => {
    const who = [
      always('vid', vendor),
      always('lid', leadType),
      ...(campaign === null ? [] : [always('aid', campaign)]),
      ...(password === null ? [] : [secret('password', password)]),
    ];
    const path = '/v2/insert/general';
    return {
      paths: { ping: null, post: path, direct: path },
      controls: { ping: who, post: [...who, fact('orderid', 'bid_id')], direct: who },
    };
  },
);
