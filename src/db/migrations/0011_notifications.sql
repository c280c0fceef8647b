-- Up Migration

-- What platforms announce, and the leads that are fetched there. A notice comes as often as the
-- platform likes and stands here once.
create table notices (
  platform text not null,
  -- The platform's own name of the lead.
  external_id text not null,
  source_id text not null,
  door text not null,
  -- As it was announced: ids, no person.
  about jsonb not null,
  state text not null default 'waiting'
    check (state in ('waiting', 'stopped', 'fetched', 'failed', 'kept')),
  -- Why it is not fetched, in words; never what the platform told of a person.
  detail text,
  lead_id text references leads,
  received_at timestamptz not null default now(),
  sweep_at timestamptz not null default now(),
  primary key (platform, external_id)
);
create index notices_due on notices (sweep_at) where state in ('waiting', 'stopped');
