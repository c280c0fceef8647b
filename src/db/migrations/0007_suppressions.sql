-- Up Migration

-- Lists of people who must not be contacted.
create table suppression_lists (
  no int generated always as identity primary key,
  -- As operators call it.
  id text not null,
  -- null = in every campaign.
  campaign_id text,
  entries bigint not null default 0,
  created_by text not null,
  created_at timestamptz not null default now(),
  -- From then on it refuses nobody; its entries are deleted little by little.
  removed_at timestamptz
);
create unique index suppression_lists_by_id on suppression_lists (id) where removed_at is null;

-- Who stands on them, by the first 16 bytes of the SHA-256 of the normal value.
create table suppressions (
  kind text not null constraint suppressions_kind_known
    check (kind in ('phone', 'email', 'domain', 'zip', 'ip', 'name_address')),
  hash bytea not null constraint suppressions_hash_length check (octet_length(hash) = 16),
  list_no int not null references suppression_lists,
  -- null = for ever.
  expires_at timestamptz,
  -- The row of suppression_log that says who added it, when and from where.
  addition bigint not null,
  primary key (kind, hash, list_no)
);
create index suppressions_expiring on suppressions (expires_at) where expires_at is not null;
-- Ten million rows come at once: their statistics must not wait for a tenth of the table.
alter table suppressions set (autovacuum_analyze_scale_factor = 0.02,
  autovacuum_vacuum_insert_scale_factor = 0.05);

-- The lists that hold in a campaign and have one of these values now. A function, because its plan
-- is then made once: made for each lead anew, as PostgreSQL would, it takes five times the look-up.
create function listings_of(kinds text[], hashes bytea[], campaign text)
returns table (kind text, list text) language plpgsql stable rows 1
set plan_cache_mode to force_generic_plan as $$
begin
  return query
    select distinct s.kind, l.id
    from unnest(kinds, hashes) as asked (kind, hash)
    join suppressions s on s.kind = asked.kind and s.hash = asked.hash
    join suppression_lists l on l.no = s.list_no
    where l.removed_at is null and (l.campaign_id is null or l.campaign_id = campaign)
      and (s.expires_at is null or s.expires_at > now());
end $$;

-- Who added and removed what.
create table suppression_log (
  no bigint generated always as identity primary key,
  done_at timestamptz not null default now(),
  done_by text not null,
  action text not null constraint suppression_log_known
    check (action in ('add', 'import', 'remove', 'remove_list')),
  list_no int not null references suppression_lists,
  -- null with remove_list: all kinds.
  kind text,
  -- null where they were too many to be named: see the entries of this addition.
  hashes bytea[],
  -- How many entries came to stand on the list, or stand there no more.
  entries bigint not null,
  -- How many stood there already and got another expiry.
  renewed bigint not null default 0,
  expires_at timestamptz,
  -- Where the values came from, in the operator's words.
  origin text
);

create function refuse_suppression_log_change() returns trigger language plpgsql as $$
begin
  raise exception 'suppression_log is append-only: % of %', lower(tg_op), old.no;
end $$;
create trigger suppression_log_append_only before update or delete on suppression_log
  for each row execute function refuse_suppression_log_change();
