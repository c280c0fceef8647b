// Postal codes of the United States, Canada and the United Kingdom, each by its country's form.

const US = /^(\d{5})(?:[- ]?(\d{4}))?$/;
// Canada Post uses no D, F, I, O, Q and U, and begins none with W or Z.
const CANADA = /^([abceghj-nprstvxy]\d[abceghj-nprstv-z])[ -]?(\d[abceghj-nprstv-z]\d)$/i;
const UK = /^([a-z]{1,2}\d[a-z\d]?|gir)[ -]?(\d[abd-hjlnp-uw-z]{2})$/i;

/** `60614`, `60614-1234`, `M5V 3L9`, `SW1A 1AA`. */
export function parsePostalCode(text: string): string | undefined {
  const [, zip, four] = US.exec(text) ?? [];
  if (zip !== undefined) return four === undefined ? zip : `${zip}-${four}`;
  const [, first, last] = CANADA.exec(text) ?? UK.exec(text) ?? [];
  return first === undefined ? undefined : `${first} ${last}`.toUpperCase();
}
