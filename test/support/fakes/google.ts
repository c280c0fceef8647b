// Google's tokens and sheets: the claim's signature is checked against the service account's public
// key, and rows are appended to one tab.

import { generateKeyPairSync } from 'node:crypto';
import { jwtVerify } from 'jose';

import { type Answered, formIn, jsonIn, startVendor } from './vendor.ts';

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const EMAIL = 'sluice@project.iam.gserviceaccount.com';

/** The JSON key of the service account. */
export const SERVICE_ACCOUNT = JSON.stringify({
  type: 'service_account',
  client_email: EMAIL,
  private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
});

export const SHEET_ID = 'sheet-id-0123456789';

/** Starts both on one address; tokens are given out at `/token`. */
export async function startGoogle() {
  const rows: unknown[][] = [];
  const good = new Set<string>();
  const refuse = (code: number, status: string): Answered => {
    return { status: code, body: { error: { code, status, message: `${status} for Ann` } } };
  };
  const vendor = await startVendor(
    async (asked): Promise<Answered> => {
      if (asked.path === '/token') {
        const form = formIn(asked);
        const verified = await jwtVerify(form?.['assertion'] ?? '', publicKey, {
          ...{ algorithms: ['RS256'], issuer: EMAIL, audience: `${vendor.url}/token` },
          ...{ maxTokenAge: '1h', requiredClaims: ['iat', 'exp', 'scope'] },
        }).catch(() => undefined);
        const isGrant = form?.['grant_type'] === 'urn:ietf:params:oauth:grant-type:jwt-bearer';
        const { scope } = verified?.payload ?? {};
        if (!isGrant || scope !== 'https://www.googleapis.com/auth/spreadsheets') {
          return { status: 400, body: { error: 'invalid_grant' } };
        }
        const token = `ya29.token-${good.size + 1}`;
        good.add(token);
        return { status: 200, body: { access_token: token, expires_in: 3599 } };
      }
      if (!good.has(asked.headers.authorization?.replace(/^Bearer /, '') ?? '')) {
        return refuse(401, 'UNAUTHENTICATED');
      }
      const { pathname, searchParams } = new URL(asked.path, 'http://fake');
      const [base, range = ''] = decodeURIComponent(pathname).split('/values/');
      if (base !== `/v4/spreadsheets/${SHEET_ID}`) return refuse(404, 'NOT_FOUND');
      if (asked.method === 'POST') {
        const values = (jsonIn(asked)?.['values'] ?? []) as unknown[][];
        const [row] = values;
        const isRaw = searchParams.get('valueInputOption') === 'RAW';
        const isInserted = searchParams.get('insertDataOption') === 'INSERT_ROWS';
        const isPlain = row?.every((cell) => ['string', 'number', 'boolean'].includes(typeof cell));
        if (range !== "'Leads'!A:A:append" || !isRaw || !isInserted || !isPlain || !row) {
          return refuse(400, 'INVALID_ARGUMENT');
        }
        rows.push(row);
        const updatedRange = `Leads!A${rows.length}:D${rows.length}`;
        return { status: 200, body: { updates: { updatedRange, updatedRows: 1 } } };
      }
      const [, from = 0, to = 0] = (/^'Leads'!A(\d+):A(\d+)$/.exec(range) ?? []).map(Number);
      if (from === 0 || from > Math.max(rows.length, 1_000)) return refuse(400, 'INVALID_ARGUMENT');
      const found = rows.slice(from - 1, to).map(([name]) => [name]);
      return { status: 200, body: { range, ...(found.length > 0 && { values: found }) } };
    },
    ({ path }) => path === '/token',
  );
  return { ...vendor, rows, expireTokens: () => good.clear() };
}
