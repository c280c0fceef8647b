// What Lead Prosper is sent. Its fields are named by each campaign, in snake case like ours.

import { leadprosper as answers } from '../leadprosper.ts';
import { secretRef } from '../../secret-ref.ts';
import { always, asOurs, fact, ifTest, platform, platformId, secret } from './platform.ts';

/** Names at Lead Prosper mind the case; phones are ten digits, dates ISO. */
export const leadprosper = platform(
  {
    ...{ title: 'Lead Prosper', url: 'https://api.leadprosper.io', format: 'json', answers },
    names: {
      ...{ zip: 'zip_code', trustedform_url: 'trustedform_cert_url' },
      ...{ jornaya_id: 'jornaya_leadid', ip: 'ip_address' },
    },
    others: asOurs,
    testSwitch: ifTest('lp_action', 'test'),
  },
  {
    campaign_id: platformId.describe('lp_campaign_id.'),
    supplier_id: platformId.describe('lp_supplier_id.'),
    key: secretRef.describe('lp_key.'),
  },
  ({ campaign_id: campaign, supplier_id: supplier, key }) => {
    const who = [
      always('lp_campaign_id', campaign),
      always('lp_supplier_id', supplier),
      secret('lp_key', key),
    ];
    return {
      paths: { ping: '/ping', post: '/post', direct: '/direct_post' },
      controls: { ping: who, post: [...who, fact('lp_ping_id', 'bid_id')], direct: who },
    };
  },
);
