// What LeadConduit is sent: JSON at the address of a flow's source, which is the key as well.

import { leadconduit as answers } from '../leadconduit.ts';
import { asOurs, platform, platformId } from './platform.ts';

/** A ping and its submit are not tied to each other by an id. */
export const leadconduit = platform(
  {
    ...{ title: 'LeadConduit', url: 'https://app.leadconduit.com', format: 'json', answers },
    names: {
      ...{ phone: 'phone_1', zip: 'postal_code', address: 'address_1', ip: 'ip_address' },
      ...{ date_of_birth: 'dob', trustedform_url: 'trustedform_cert_url' },
    },
    others: asOurs,
    testSwitch: null,
  },
  {
    flow: platformId.describe('The id of the flow, from its address.'),
    source: platformId.describe('The id of the source, from its address.'),
  },
  ({ flow, source }) => {
    const at = `/flows/${flow}/sources/${source}`;
    return {
      paths: { ping: `${at}/ping`, post: `${at}/submit`, direct: `${at}/submit` },
      controls: { ping: [], post: [], direct: [] },
    };
  },
);
