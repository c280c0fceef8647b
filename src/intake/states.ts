// The states, districts and territories of the United States, the military post "states" and the
// Canadian provinces: postal code and name of each (USPS Publication 28, Canada Post).

const NAMES: readonly (readonly [code: string, name: string])[] = `AL Alabama|AK Alaska|AZ Arizona
AR Arkansas|CA California|CO Colorado|CT Connecticut|DE Delaware|DC District of Columbia|FL Florida
GA Georgia|HI Hawaii|ID Idaho|IL Illinois|IN Indiana|IA Iowa|KS Kansas|KY Kentucky|LA Louisiana
ME Maine|MD Maryland|MA Massachusetts|MI Michigan|MN Minnesota|MS Mississippi|MO Missouri|MT Montana
NE Nebraska|NV Nevada|NH New Hampshire|NJ New Jersey|NM New Mexico|NY New York|NC North Carolina
ND North Dakota|OH Ohio|OK Oklahoma|OR Oregon|PA Pennsylvania|RI Rhode Island|SC South Carolina
SD South Dakota|TN Tennessee|TX Texas|UT Utah|VT Vermont|VA Virginia|WA Washington|WV West Virginia
WI Wisconsin|WY Wyoming|AS American Samoa|GU Guam|MP Northern Mariana Islands|PR Puerto Rico
VI Virgin Islands|VI US Virgin Islands|DC Washington DC|AA Armed Forces Americas
AE Armed Forces Europe|AP Armed Forces Pacific|AB Alberta|BC British Columbia|MB Manitoba
NB New Brunswick|NL Newfoundland and Labrador|NS Nova Scotia|NT Northwest Territories|NU Nunavut
ON Ontario|PE Prince Edward Island|QC Quebec|SK Saskatchewan|YT Yukon`
  .split(/[|\n]/)
  .map((entry) => [entry.slice(0, 2), entry.slice(3)]);

const CODES: ReadonlyMap<string, string> = new Map(
  NAMES.flatMap(([code, name]) => [
    [lettersOf(code), code],
    [lettersOf(name), code],
  ]),
);

/** The two-letter code of a state by code or name; letter case, blanks and dots do not matter. */
export function findState(text: string): string | undefined {
  return CODES.get(lettersOf(text));
}

function lettersOf(text: string): string {
  return text.toLowerCase().replace(/[^a-z]/g, '');
}
