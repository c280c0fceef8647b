// A contract's policy for prices that its buyer names after the offer, as operators write it.

import { z } from 'zod';

import { PRICE_CHOICES } from '../../../domain/doubts/price.ts';
import { amountCents, settings } from '../settings.ts';

const choice = z.enum(PRICE_CHOICES).default('keep');

/** What becomes of a price that is not the one that stands. */
export const postPrice = settings({
  when_lower: choice.describe(
    'keep: the agreed price is charged. take: the named one, from its least on. ask: an operator ' +
      'decides; the post is in doubt, and after the sale the price stands until then.',
  ),
  when_higher: choice.describe(
    'The same for a higher price; take: up to max_bid_cents. Not with a cap in cents or a balance.',
  ),
  tolerance_cents: amountCents
    .prefault(0)
    .describe('A difference up to this counts as none, whatever is said above.'),
  min_cents: amountCents
    .prefault(0)
    .describe('No lower price is taken. The floors, the payout and the margin hold besides.'),
});
