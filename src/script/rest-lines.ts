/**
 * Calls to REST APIs in a printed script. Shell functions at its beginning tell success from a failure that may pass
 * and from a refusal, so that no refusal is sent again.
 */
import { LICENCE_EXPIRED, LICENCE_WORDS, NO_CLUSTER, TRANSIENT } from '../plan/call.ts';
import { TRY_AGAIN } from '../plan/plan.ts';
import { EXIT_CODES } from '../problem.ts';
import { quote } from './shell.ts';

/** curl prints the status after the answer; the script adds curl's exit code. */
export const STATUS_WORDS = String.raw`--write-out '\n%{http_code}\n'`;

/** https://curl.se/libcurl/c/libcurl-errors.html: CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_PINNEDPUBKEYNOTMATCH */
const DISTRUST = '60 | 90';

const again = String(TRY_AGAIN);
const { permission, timeout } = EXIT_CODES;

/** Files for curl, removed when the script ends. */
export const PRIVATE_FOLDER = `
umask 077
private=$(mktemp -d)
trap 'rm -rf "$private"' EXIT
# login HOST USER: takes a password from stdin, and prints the name of a netrc file with it.
login() {
  printf 'machine %s login %s password "%s"\\n' "$1" "$2" "$(sed 's/[\\"]/\\\\&/g')" >"$private/netrc"
  printf %s "$private/netrc"
}
# key CERTIFICATE: prints the name of a file with its public key.
key() {
  openssl x509 -in "$1" -pubkey -noout >"$private/key.pub"
  printf %s "$private/key.pub"
}`.trimStart();

export const REST_FUNCTIONS = `
# settle ANSWER [CODE=STATUS ...]: what curl printed, and the exit status for the server's error codes and HTTP statuses.
# 0: done. ${again}: may succeed later. Otherwise the exit status of a refusal. $body is the answer, $why says what happened.
nl='
'
settle() {
  ended=\${1##*"$nl"}; body=\${1%"$nl"*}; status=\${body##*"$nl"}; body=\${body%"$nl"*}; shift
  why="status $status"
  case $ended in ${DISTRUST}) why='its certificate is not the one that is trusted'; return ${String(permission)} ;; esac
  case $status in
    2??) return 0 ;;
    000) why="no answer (curl: $ended)"; return ${again} ;;
  esac
  code=$(printf '%s' "$body" | jq --raw-output '.error_code | strings' 2>/dev/null) || code=
  words=$(printf '%s' "$body" | jq --raw-output '[.description, .message, .error_details.message?, .detail, .error, .error.message?] | map(strings) | first // empty' 2>/dev/null) || words=
  why=$(printf '%s' "status $status\${code:+, $code}\${words:+, $words}" | tr -d '[:cntrl:]')
  if [ "$status" = 403 ] && printf '%s' "$status $code $words" | grep -E -i -q '${LICENCE_WORDS}'; then code=${LICENCE_EXPIRED}; fi
  for rule; do
    case $rule in "$code="* | "$status="*) return "\${rule#*=}" ;; esac
  done
  case "$status $code $words" in
    503' ${NO_CLUSTER} '* | 403' ${LICENCE_EXPIRED} '*) return 1 ;;
  esac
  case $status in
    401 | 403) return ${String(permission)} ;;
    ${TRANSIENT.join(' | ')}) return ${again} ;;
  esac
  return 1
}
# ask ANSWER PROGRAM: prints what a jq program selects, or nothing. Fails when the user is refused.
ask() {
  settled=0; settle "$1" || settled=$?
  [ "$settled" -ne ${String(permission)} ] || { echo "$why" >&2; return ${String(permission)}; }
  [ "$settled" -ne 0 ] || printf '%s' "$body" | jq --raw-output --compact-output "$2"
}
# found ANSWER PROGRAM: whether the program selects anything.
found() {
  selected=$(ask "$@") || return $?
  [ -n "$selected" ]
}
# again STATUS TITLE OVER: after an attempt that failed, waits, or ends the script: with OVER when the time is over.
again() {
  [ "$1" -eq ${again} ] || { echo "could not $2: $why" >&2; exit "$1"; }
  [ "$(date +%s)" -lt "$end" ] || { echo "could not $2: $why" >&2; exit "$3"; }
  sleep 1
}`.trimStart();

/** @param attempt a line that settles the call @param exists tells that it took effect */
export function attemptLines(
  attempt: string,
  {
    title,
    exists,
    retryForMs = 0,
  }: { readonly title: string; readonly exists: string; readonly retryForMs?: number | undefined },
): string {
  return [
    `end=$(($(date +%s) + ${String(Math.ceil(retryForMs / 1000))}))`,
    `until ${attempt}; do`,
    `  again "$?" ${quote(title)} ${String(retryForMs === 0 ? 1 : timeout)}`,
    `  if { ${exists}; } >/dev/null 2>&1; then break; fi`,
    'done',
  ].join('\n');
}
