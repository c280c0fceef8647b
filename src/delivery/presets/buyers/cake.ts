// What CAKE is sent: a form. The address of a ping is one that the buyer tells: at that of a post
// it would be a lead.

import { cake as answers } from '../cake.ts';
import { secretRef } from '../../secret-ref.ts';
import { always, asOurs, fact, ifTest, platform, platformId, secret } from './platform.ts';

/** Its fields are named by each campaign. */
export const cake = platform(
  {
    ...{ title: 'CAKE', url: null, format: 'form', answers },
    names: { zip: 'zip_code', ip: 'ip_address' },
    others: asOurs,
    testSwitch: ifTest('ckm_test', '1'),
  },
  {
    campaign_id: platformId.describe('ckm_campaign_id.'),
    key: secretRef.describe('ckm_key.'),
  },
  ({ campaign_id: campaign, key }) => {
    const who = [always('ckm_campaign_id', campaign), secret('ckm_key', key)];
    return {
      paths: { ping: null, post: '/d.ashx', direct: '/d.ashx' },
      controls: { ping: who, post: [...who, fact('ckm_request_id', 'bid_id')], direct: who },
    };
  },
);
