/**
 * Questions to programs in a printed script. A shell function at its beginning tells a clear no from a program that
 * failed: on a failure, nothing is created.
 */
import { EXIT_CODES } from '../problem.ts';

/** A question without an answer ends the script with this status. */
export const UNANSWERED = EXIT_CODES.timeout;

const over = String(UNANSWERED);

export const PROGRAM_FUNCTIONS = `
# pick ABSENT PROGRAM COMMAND ...: prints what a jq program selects from what a command prints, or nothing where the
# command fails with words that match ABSENT: a clear no. Any other failure is neither a yes nor a no: status ${over}.
split=$(printf '\\036'); nl='
'
pick() {
  absent=$1; program=$2; shift 2
  # What the command says, how it ends, and what it prints, in one variable.
  all=$({ printed=$("$@") && ended=0 || ended=$?; } 2>&1; printf '%s' "$split$ended$split$printed")
  words=\${all%%"$split"*}; all=\${all#*"$split"}; ended=\${all%%"$split"*}; printed=\${all#*"$split"}
  if [ "$ended" -ne 0 ]; then
    if [ -n "$absent" ] && printf '%s' "$words" | grep -E -q -e "$absent"; then return 0; fi
    printf '%s' "no answer from $1 \${2-} \${3-} \${4-}:\${nl}$words" >&2
    return ${over}
  fi
  printf '%s\\n' "$printed" | jq --raw-output --compact-output "$program" || return ${over}
}
# has ABSENT PROGRAM COMMAND ...: whether the program selects anything.
has() {
  picked=$(pick "$@") || return $?
  [ -n "$picked" ]
}`.trimStart();
