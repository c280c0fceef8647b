-- Pushes that are not made: the condition of the delivery is not met.

alter table deliveries drop constraint deliveries_state_known;
alter table deliveries add constraint deliveries_state_known
  check (state in ('delivered', 'trying', 'failed', 'unclear', 'skipped'));
