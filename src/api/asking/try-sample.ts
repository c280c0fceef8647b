// A person who is none, as a lead of a vertical: something right for every field.

import type { Field, Vertical } from '../../domain/world/world.ts';

const BY_NAME: Readonly<Record<string, string>> = {
  first_name: 'Ann',
  last_name: 'Lee',
  city: 'Austin',
  address: '12 Main Street',
  county: 'Travis',
  country: 'US',
};

/** Fields as a source would send them. */
export function sampleFields({ fields }: Vertical): Record<string, unknown> {
  const values = Object.entries(fields).map(([name, field]) => [name, sampleOf(name, field)]);
  return Object.fromEntries(values) as Record<string, unknown>;
}

function sampleOf(name: string, { type, choices }: Field): unknown {
  switch (type) {
    case 'phone':
      return '+15125550142';
    case 'email':
      return 'ann.lee@example.com';
    case 'zip':
    case 'postal_code':
      return '78704';
    case 'state':
      return 'TX';
    case 'date':
      return '1984-02-09';
    case 'number':
    case 'range':
      return 2;
    case 'boolean':
      return true;
    case 'choice':
      return choices[0];
    case 'gender':
      return 'female';
    case 'ssn':
      return '219099999';
    case 'url':
      return 'https://www.example.com/';
    case 'ip':
      return '192.0.2.1';
    case 'text':
      return BY_NAME[name] ?? 'sample';
  }
}
