#!/bin/sh
# Creates Temporal's two databases, or brings them up to the schema of this version. Runs before
# every start of the server and may be repeated. The tool reads SQL_* from the environment.
set -eu

prepare() { # database, folder of its schema
  temporal-sql-tool --db "$1" create-database
  temporal-sql-tool --db "$1" setup-schema -v 0.0
  temporal-sql-tool --db "$1" update-schema -d "/etc/temporal/schema/postgresql/v12/$2/versioned"
}

prepare temporal temporal
prepare temporal_visibility visibility
