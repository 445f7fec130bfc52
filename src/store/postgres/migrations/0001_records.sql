-- Everything Abide keeps. Keys and other people's texts are bytea: any text fits, and order is the order of bytes
-- whatever the database's collation. Only bigint, text and bytea, so that every engine of this protocol can keep it.

CREATE TABLE abide_records (
    kind text NOT NULL,
    key bytea NOT NULL,
    value bytea NOT NULL,
    PRIMARY KEY (kind, key)
);

-- Unique names and who bears them.
CREATE TABLE abide_names (
    kind text NOT NULL,
    sort text NOT NULL,
    value bytea NOT NULL,
    key bytea NOT NULL,
    PRIMARY KEY (kind, sort, value)
);

-- Rows of lists: hints that lead to records.
CREATE TABLE abide_rows (
    list text NOT NULL,
    grp bytea NOT NULL,
    ord bytea NOT NULL,
    key bytea NOT NULL,
    PRIMARY KEY (list, grp, ord, key)
);

-- Appointments of the sweep.
CREATE TABLE abide_due (
    at bigint NOT NULL,
    kind text NOT NULL,
    key bytea NOT NULL,
    PRIMARY KEY (at, kind, key)
);

-- The audit log. Within a second, events stand in the order in which they drew their serials.
CREATE SEQUENCE abide_event_serial;
CREATE TABLE abide_events (
    at bigint NOT NULL,
    serial bigint NOT NULL,
    event bytea NOT NULL,
    PRIMARY KEY (at, serial)
);

-- One row, written to find out whether the database can be written.
CREATE TABLE abide_probe (
    id bigint NOT NULL PRIMARY KEY,
    count bigint NOT NULL
);
