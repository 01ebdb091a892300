-- The link in a mail names the payment alone, and whoever opens it is not known yet: it is found without its account.
create index charges_id on charges (id);
