#!/bin/sh
# Creates the namespace with its retention, and the search attributes by which operators filter.
# Runs after every start of the server and may be repeated. Retention is set once: an operator may
# change it later. `temporal` reads TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE from the environment.
set -eu
attributes='LeadStatus Campaign Source Buyer ReasonCode CapState'

# What a command prints, once it succeeds; its complaint after a minute of tries.
patiently() {
  tries=60
  until said=$("$@" 2>&1); do
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || { echo "$*: $said" >&2; exit 1; }
    sleep 1
  done
  echo "$said"
}

# The port is open before the cluster answers.
patiently temporal operator cluster health

temporal operator namespace describe -n "$TEMPORAL_NAMESPACE" >/dev/null 2>&1 ||
  temporal operator namespace create -n "$TEMPORAL_NAMESPACE" --retention 30d

# A new namespace is known to all parts of the server some seconds later, and so is a new attribute:
# until then no workflow that carries it can be started.
present=$(patiently temporal operator search-attribute list)
for name in $attributes; do
  echo "$present" | grep -q "^ *$name " ||
    patiently temporal operator search-attribute create --name "$name" --type Keyword
done
for name in $attributes; do
  patiently temporal workflow count --query "$name = 'none'" >/dev/null
done
echo "namespace $TEMPORAL_NAMESPACE is ready"
