-- Up Migration

-- What a language model said about a lead: also what came too late for its routing, and why a call
-- brought nothing. Neither the question nor the answer holds the person.
create table ai_grades (
  lead_id text primary key references leads,
  -- 'graded', or the code of why there is none.
  outcome text not null,
  adjustment int constraint ai_grades_bounded check (adjustment between -10 and 10),
  flags text[] not null,
  reason text,
  model text not null,
  prompt_version int not null,
  asked_sha256 bytea not null,
  request_id text,
  ms int not null,
  tokens int not null,
  graded_at timestamptz not null default now(),
  constraint ai_grades_graded check ((outcome = 'graded') = (adjustment is not null))
);
create index ai_grades_by_time on ai_grades (graded_at);

-- What buyers and operators report of leads after the sale.
create table feedback (
  -- The caller's own name for it.
  id text primary key,
  lead_id text not null references leads,
  what text not null constraint feedback_known
    check (what in ('contacted', 'qualified', 'converted', 'bad')),
  value_cents bigint constraint feedback_value_not_negative check (value_cents >= 0),
  contract_id text,
  reason text,
  happened_at timestamptz not null,
  done_by text not null,
  done_at timestamptz not null default now()
);
create index feedback_by_lead on feedback (lead_id, happened_at);

create function refuse_feedback_change() returns trigger language plpgsql as $$
begin
  raise exception 'feedback is append-only: % of %', lower(tg_op), old.id;
end $$;
create trigger feedback_append_only before update or delete on feedback
  for each row execute function refuse_feedback_change();

-- Feedback in files names leads as their sources do.
create index leads_by_external_id on leads (external_id) where external_id is not null;

-- What own history teaches, in versions. One that foretold worse than what was in force is kept,
-- for looking at, and scores nothing.
create table score_models (
  version bigint generated always as identity primary key,
  fitted_at timestamptz not null default now(),
  published boolean not null,
  -- How the rates are combined.
  combination jsonb not null,
  -- How well it foretold the newest leads.
  report jsonb not null
);

-- The smoothed rates of a published version: enough to reckon any score of it again.
create table rate_snapshots (
  version bigint not null references score_models,
  label text not null,
  dimension text not null,
  key text not null,
  n double precision not null,
  rate double precision not null constraint rate_snapshots_rate check (rate > 0 and rate < 1),
  primary key (version, label, dimension, key)
);
