#!/bin/sh
# Brings both databases of Temporal to the schema of these tools. Safe to repeat: it runs at every start.
set -eu

for database in temporal temporal_visibility; do
  folder=$([ "$database" = temporal ] && echo temporal || echo visibility)
  temporal-sql-tool --db "$database" create
  temporal-sql-tool --db "$database" setup-schema -v 0.0
  temporal-sql-tool --db "$database" update-schema -d "/etc/temporal/schema/postgresql/v12/$folder/versioned"
done
