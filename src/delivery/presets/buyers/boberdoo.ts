// What boberdoo is sent: its API with ping and post, and its classic post.

import { boberdoo as apiAnswers, boberdooClassic as classicAnswers } from '../boberdoo.ts';
import { secretRef } from '../../secret-ref.ts';
import { always, capitals, fact, ifTest, platform, platformId, secret } from './platform.ts';

const about = {
  url: null,
  format: 'form',
  names: { phone: 'Primary_Phone', ip: 'IP_Address', landing_page_url: 'Landing_Page' },
  others: capitals,
  testSwitch: ifTest('Test_Lead', '1'),
} as const;

const type = platformId.describe('TYPE, the number of the lead type.');

/** Its action may have another name where the buyer says so. */
export const boberdoo = platform(
  { title: 'boberdoo', answers: apiAnswers, ...about },
  {
    type,
    source: platformId.describe('SRC.'),
    key: secretRef.describe('Key.'),
    action: platformId.default('pingPostLead').describe('API_Action.'),
  },
  ({ type: leadType, source, key, action }) => {
    const who = (mode: string) => [
      secret('Key', key),
      always('API_Action', action),
      always('Mode', mode),
      always('TYPE', leadType),
      always('SRC', source),
      always('Format', 'JSON'),
    ];
    const path = '/new_api/api.php';
    return {
      paths: { ping: path, post: path, direct: path },
      controls: {
        ping: [...who('ping'), always('Return_Best_Price', '1')],
        post: [...who('post'), fact('Lead_ID', 'bid_id')],
        direct: who('full'),
      },
    };
  },
);

/** The name of the source is all that says who we are, so it is a secret. */
export const boberdooClassic = platform(
  { title: 'boberdoo, classic', answers: classicAnswers, ...about },
  { type, source: secretRef.describe('SRC, which is a password here.') },
  ({ type: leadType, source }) => {
    const who = [always('TYPE', leadType), secret('SRC', source), always('Format', 'JSON')];
    return {
      paths: { ping: null, post: null, direct: '/genericPostlead.php' },
      controls: { ping: [], post: [], direct: who },
    };
  },
);
