// What Phonexa is sent. A post that it has not decided on is in doubt and never sent again.

import { phonexa as answers } from '../phonexa.ts';
import { secretRef } from '../../secret-ref.ts';
import { always, camel, fact, ifTest, platform, platformId, secret } from './platform.ts';

/** Names mind the case; the contract's price is the least that it may answer. */
export const phonexa = platform(
  {
    ...{ title: 'Phonexa', url: null, format: 'json', answers },
    names: { ip: 'userIp', date_of_birth: 'dob' },
    others: camel,
    testSwitch: ifTest('testMode', '1'),
  },
  {
    api_id: platformId.describe('apiId.'),
    password: secretRef.describe('apiPassword.'),
    product_id: platformId.describe('productId.'),
  },
  ({ api_id: api, password, product_id: product }) => {
    const who = [
      always('apiId', api),
      secret('apiPassword', password),
      always('productId', product),
      fact('price', 'price_dollars', ['number']),
    ];
    return {
      paths: { ping: null, post: null, direct: '/lead/' },
      controls: { ping: [], post: [], direct: who },
    };
  },
);
