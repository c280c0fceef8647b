// What LinkTrust is sent: a form. The addresses of ping and post are on its page of posting
// details; a direct post goes to the campaign's simple post.

import { linktrust as answers } from '../linktrust.ts';
import { always, fact, pascal, platform, platformId } from './platform.ts';

/** It has no switch for tests that is known. */
export const linktrust = platform(
  {
    ...{ title: 'LinkTrust', url: null, format: 'form', answers },
    names: { email: 'EmailAddress', address: 'Address1' },
    others: pascal,
    testSwitch: null,
  },
  {
    campaign_id: platformId.describe('The number in the address.'),
    affiliate_id: platformId.describe('AFID.'),
  },
  ({ campaign_id: campaign, affiliate_id: affiliate }) => {
    const who = [always('AFID', affiliate), fact('AffiliateReferenceID', 'lead_id')];
    return {
      paths: { ping: null, post: null, direct: `/Lead/${campaign}/SimplePost` },
      controls: { ping: who, post: [...who, fact('PingId', 'bid_id')], direct: who },
    };
  },
);
