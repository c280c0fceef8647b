-- Up Migration

-- A lead that nobody bought may be kept, and tried again.
alter table leads drop constraint leads_status_known;
alter table leads add constraint leads_status_known check (status in
  ('received', 'waiting', 'in_doubt', 'sold', 'unsold', 'rejected', 'duplicate'));
alter table leads drop constraint leads_outcome_ends;
alter table leads add constraint leads_outcome_ends
  check ((outcome is null) = (status in ('received', 'waiting', 'in_doubt')));
create index leads_waiting on leads (campaign_id) where status = 'waiting';

-- What operators did to leads that waited.
create table lead_actions (
  id bigint generated always as identity primary key,
  lead_id text not null references leads,
  round int not null,
  action text not null constraint lead_actions_known check (action in ('wake', 'offer', 'close')),
  contract_id text,
  done_by text not null,
  done_at timestamptz not null default now(),
  constraint lead_actions_contract check ((contract_id is not null) = (action = 'offer'))
);
create index lead_actions_by_lead on lead_actions (lead_id, id);
