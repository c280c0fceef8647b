// A body of multipart/form-data as names and values. Files are not taken; what is too much is
// refused as a whole.

import busboy from 'busboy';

import { gathered } from '../../intake/doors/values.ts';

const LIMITS = { files: 0, fields: 100, fieldSize: 8 * 1024, fieldNameSize: 200, parts: 110 };

export type Parts =
  | { readonly kind: 'parts'; readonly values: Readonly<Record<string, unknown>> }
  | { readonly kind: 'unreadable'; readonly says: string };

/** The fields; a name that comes several times is a list. Never rejects. */
export function readMultipart(contentType: string, body: Buffer): Promise<Parts> {
  return new Promise((resolve) => {
    const refuse = (says: string) => resolve({ kind: 'unreadable', says });
    const broken = () => refuse('the body is no whole multipart/form-data');
    let reader: busboy.Busboy;
    try {
      reader = busboy({ headers: { 'content-type': contentType }, limits: LIMITS });
    } catch {
      return refuse('the Content-Type names no boundary');
    }
    const fields: [name: string, value: string][] = [];
    reader.on('field', (name, value, { nameTruncated, valueTruncated }) => {
      if (nameTruncated || valueTruncated) refuse('a field is longer than 8 kB');
      fields.push([name, value]);
    });
    reader.on('file', (_, file) => file.resume());
    reader.on('fieldsLimit', () => refuse('more than 100 fields'));
    reader.on('partsLimit', () => refuse('more than 110 parts'));
    reader.on('error', broken);
    reader.on('close', () => resolve({ kind: 'parts', values: gathered(fields) }));
    reader.end(body);
  });
}
