-- Two roles and their database, run once by the superuser of a new server. `abide_owner` owns the database and runs
-- `abide migrate`; `abide` is what the nodes use, and may change no table.
--
--   ABIDE_OWNER_PASSWORD=… ABIDE_NODE_PASSWORD=… psql --file roles.sql postgres

\set ON_ERROR_STOP on
\getenv owner_password ABIDE_OWNER_PASSWORD
\getenv node_password ABIDE_NODE_PASSWORD

-- Without a password nobody could sign in, and nobody would see why.
SELECT :'owner_password' = '' OR :'node_password' = '' AS missing \gset
\if :missing
    DO $$ BEGIN RAISE 'ABIDE_OWNER_PASSWORD and ABIDE_NODE_PASSWORD must not be empty'; END $$;
\endif

CREATE ROLE abide_owner LOGIN PASSWORD :'owner_password';
CREATE ROLE abide LOGIN PASSWORD :'node_password';
CREATE DATABASE abide OWNER abide_owner ENCODING 'UTF8' TEMPLATE template0;
REVOKE ALL ON DATABASE abide FROM PUBLIC;
GRANT CONNECT ON DATABASE abide TO abide;

\connect abide
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO abide;
