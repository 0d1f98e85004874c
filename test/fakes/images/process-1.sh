#!/bin/sh
# Process 1 of a container gets no signal that it does not handle, and Node handles none until it has loaded its script.
trap 'kill -TERM "$child"' TERM
"$@" &
child=$!
wait "$child"
code=$?
# A signal ends wait, not the child.
while kill -0 "$child" 2>/dev/null; do
  wait "$child"
  code=$?
done
exit "$code"
