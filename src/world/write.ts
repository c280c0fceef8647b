// From a document to the text of a world file.

import { stringify } from 'yaml';

/** The document as YAML, its keys in their order. Read again, it is the same document. */
export function worldYaml(document: unknown): string {
  return stringify(document, { lineWidth: 100, aliasDuplicateObjects: false });
}
