// What LeadByte is sent: a form at submit.php, which answers with its verdict. Its REST addresses
// only queue a lead, and are not used.

import { leadbyte as answers } from '../leadbyte.ts';
import { secretRef } from '../../secret-ref.ts';
import { always, ifTest, platform, platformId, secret } from './platform.ts';

/** Names without a gap; phones keep their country. */
export const leadbyte = platform(
  {
    ...{ title: 'LeadByte', url: null, format: 'form', answers },
    names: {
      ...{ phone: 'phone1', zip: 'postcode', address: 'street1', ip: 'ipaddress' },
      ...{ date_of_birth: 'dob', landing_page_url: 'optinurl', consent_at: 'optindate' },
      ...{ user_agent: 'user_agent', trustedform_url: 'trustedform_cert_url' },
    },
    others: (name) => name.replaceAll('_', ''),
    phonesAbroad: true,
    testSwitch: ifTest('testmode', 'yes'),
  },
  {
    campaign_id: platformId.describe('campid.'),
    supplier_id: secretRef.describe('sid, which is a password here.'),
  },
  ({ campaign_id: campaign, supplier_id: supplier }) => {
    const who = [always('campid', campaign), secret('sid', supplier), always('returnjson', 'yes')];
    return {
      paths: { ping: null, post: null, direct: '/api/submit.php' },
      controls: { ping: [], post: [], direct: who },
    };
  },
);
