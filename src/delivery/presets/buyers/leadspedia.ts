// What LeadsPedia is sent: a form, answered in JSON where it is asked to.

import { leadspedia as answers } from '../leadspedia.ts';
import { secretRef } from '../../secret-ref.ts';
import { always, asOurs, fact, ifTest, platform, platformId, secret } from './platform.ts';

/** Booleans are 1 and 0, dates ISO. */
export const leadspedia = platform(
  {
    ...{ title: 'LeadsPedia', url: null, format: 'form', answers },
    names: {
      ...{ phone: 'phone_home', email: 'email_address', zip: 'zip_code', ip: 'ip_address' },
      ...{ jornaya_id: 'jornaya_lead_id', trustedform_url: 'trusted_form_cert_id' },
    },
    others: asOurs,
    counts: true,
    testSwitch: ifTest('lp_test', '1'),
  },
  {
    campaign_id: platformId.describe('lp_campaign_id.'),
    key: secretRef.describe('lp_campaign_key.'),
  },
  ({ campaign_id: campaign, key }) => {
    const who = [
      always('lp_campaign_id', campaign),
      secret('lp_campaign_key', key),
      always('lp_response', 'JSON'),
    ];
    const direct = [...who, fact('vendor_lead_id', 'lead_id')];
    return {
      paths: { ping: '/ping.do', post: '/post.do', direct: '/post.do' },
      controls: { ping: who, post: [...direct, fact('lp_ping_id', 'bid_id')], direct },
    };
  },
);
