-- Some formats that sources post in know a lead by a whole number.
alter table leads add column public_no bigint generated always as identity;
create unique index leads_public_no on leads (public_no);
