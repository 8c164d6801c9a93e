#!/bin/sh
# Makes the namespace unless it is there. The container is started again until the server is ready for it.
set -eu

temporal operator namespace describe --namespace default >/dev/null 2>&1 ||
  temporal operator namespace create --namespace default --retention 30d
