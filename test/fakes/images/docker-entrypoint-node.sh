#!/bin/sh
# An option or anything that is no program goes to node: nodejs/docker-node, docker-entrypoint.sh.
if [ "${1#-}" != "$1" ] || [ -z "$(command -v "$1")" ]; then set -- node "$@"; fi
exec "$@"
