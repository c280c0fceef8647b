-- Up Migration

-- Shown and edited piece by piece: the keys stay in the operator's order, which jsonb forgets.
alter table worlds alter column document type json using document::json;

-- What it changed, in a line for people; null for versions from before this was kept.
alter table worlds add column summary text;
