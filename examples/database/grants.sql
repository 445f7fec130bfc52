-- What the nodes may do with the tables: docs/running.md. After every `abide migrate`, by the role that ran it.

\set ON_ERROR_STOP on
GRANT SELECT, INSERT, UPDATE, DELETE
   ON abide_records, abide_names, abide_rows, abide_due, abide_events, abide_probe TO abide;
GRANT SELECT ON abide_schema, abide_marks TO abide;
GRANT USAGE ON SEQUENCE abide_event_serial TO abide;
