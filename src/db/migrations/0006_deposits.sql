-- Up Migration

-- What buyers that pay ahead have paid in. Not transfers of the ledger: those are of a lead, its
-- campaign and its source, and profit and loss is their sum, which a deposit must not change; and
-- a deposit that is taken back is negative, which a transfer never is.
create table deposits (
  -- The payment, as the caller names it.
  id text primary key,
  buyer_id text not null,
  -- Counts up from 1 for each buyer, in the order in which deposits are committed.
  number int not null,
  cents bigint not null constraint deposits_move_something check (cents <> 0),
  -- All of the buyer's deposits up to this one.
  total_cents bigint not null,
  note text,
  done_by text not null,
  done_at timestamptz not null default now(),
  -- When the buyer's caps confirmed that they count it.
  told_at timestamptz,
  -- The campaigns whose leads it may matter to, by the configuration of that moment.
  wakes text[],
  -- When the leads that wait were told.
  woken_at timestamptz,
  constraint deposits_wake_when_told check ((told_at is null) = (wakes is null)),
  -- Of two that missed each other's total, one fails.
  constraint deposits_in_order unique (buyer_id, number)
);
create index deposits_untold on deposits (buyer_id, number) where told_at is null;
create index deposits_unwoken on deposits (told_at) where woken_at is null;
create index deposits_by_told on deposits (told_at);

create function refuse_deposit_change() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and to_jsonb(old) - '{told_at,wakes,woken_at}'::text[]
    = to_jsonb(new) - '{told_at,wakes,woken_at}'::text[]
  then
    return new;
  end if;
  raise exception 'deposits are append-only: % of %', lower(tg_op), old.id;
end $$;
create trigger deposits_append_only before update or delete on deposits
  for each row execute function refuse_deposit_change();
