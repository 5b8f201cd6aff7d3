alter table example add column note text;
