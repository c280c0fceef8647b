-- Up Migration

-- A test asks test addresses only, and its lead is a test as well.
alter table pings add column test boolean not null default false;
