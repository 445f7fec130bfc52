-- The mark of a copy into this database that has not come to its end: at most one row.

CREATE TABLE abide_marks (
    id bigint NOT NULL PRIMARY KEY,
    mark text NOT NULL
);
