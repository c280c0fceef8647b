-- Up Migration

-- What sources, buyers and the operator are told. A cause writes its event into the outbox, in its
-- own transaction; from there one process at a time moves it here and gives it its number, so that
-- the lead path pays one row and no index more.
alter table outbox alter column lead_id drop not null;
-- An event of this name is told once, whoever writes it again.
alter table outbox add column once text;
create index outbox_events on outbox (id) where kind = 'event';

create table events (
  number bigint generated always as identity primary key,
  -- Random: a party that counted would learn how much the others do.
  id text not null unique default 'evt_' || replace(gen_random_uuid()::text, '-', ''),
  type text not null,
  at timestamptz not null,
  lead_id text references leads,
  -- Rises with each event of the lead, from 1.
  sequence int,
  -- For whom it is.
  for_operator boolean not null,
  source_id text,
  buyer_id text,
  payload jsonb not null,
  once text unique
);
create unique index events_of_lead on events (lead_id, sequence) where lead_id is not null;
create index events_of_source on events (source_id, number) where source_id is not null;
create index events_of_buyer on events (buyer_id, number) where buyer_id is not null;
create index events_by_time on events (at);

-- One event on its way to one webhook.
create table event_deliveries (
  -- As the world names it: operator/{name}, source/{source}/{name}, buyer/{buyer}/{name}.
  webhook text not null,
  event bigint not null references events on delete cascade,
  lead_id text,
  -- queued: not tried, or in the first try. retrying: failed before.
  state text not null default 'queued' constraint event_deliveries_state_known
    check (state in ('queued', 'retrying', 'delivered', 'given_up')),
  tries int not null default 0,
  queued_at timestamptz not null default now(),
  -- When it may be tried; set ahead before each try, so that one process makes it.
  next_at timestamptz not null default now(),
  detail text,
  primary key (webhook, event)
);
create index event_deliveries_event on event_deliveries (event);
create index event_deliveries_due on event_deliveries (webhook, next_at)
  where state in ('queued', 'retrying');
create index event_deliveries_first on event_deliveries (lead_id, webhook, event)
  where state = 'queued' and lead_id is not null;
create index event_deliveries_given_up on event_deliveries (webhook, event)
  where state = 'given_up';

-- How webhooks do. One that has another address now begins anew.
create table webhooks (
  id text primary key,
  url text not null,
  last_ok_at timestamptz,
  failing_since timestamptz,
  last_failed_at timestamptz,
  last_failure text,
  disabled_at timestamptz,
  disabled_why text
);

-- Which events of pushes some webhook asks for: the others are not written, since each lead has
-- several.
create table wanted_events (type text primary key);

-- The events of before, of the days for which events are kept: nobody was told of them, and all can
-- be replayed.
insert into events (type, at, lead_id, sequence, for_operator, source_id, buyer_id, payload)
select case name when 'lead.duplicate' then 'lead.rejected' else name end, o.created_at, o.lead_id,
  row_number() over (partition by o.lead_id order by o.id), true,
  case when name <> 'lead.sold' then l.source_id end, o.payload ->> 'buyer', o.payload
from outbox o join leads l on l.id = o.lead_id
where kind = 'event' and o.created_at > now() - interval '30 days'
order by o.id;
delete from outbox where kind = 'event';
