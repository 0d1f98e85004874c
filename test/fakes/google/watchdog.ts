/**
 * Ends the processes of the stand-in when we are gone, whatever the way: a test runner may end a worker by a signal,
 * where no exit handler runs, but then the standard input of this shell ends.
 */
import { spawn } from 'node:child_process';

export interface Watchdog {
  readonly watch: (pid: number) => void;
  readonly forget: (pid: number) => void;
  readonly stop: () => void;
}

const SCRIPT = `
pids=' '
while read -r word pid; do
  case "$word" in
    watch) pids="$pids$pid " ;;
    forget) pids="\${pids%% $pid *} \${pids#* $pid }" ;;
  esac
done
for pid in $pids; do kill -9 "$pid"; done
rm -rf "$1"
`;

/** @param dir goes too when we do */
export function startWatchdog(dir: string): Watchdog {
  const shell = spawn('sh', ['-c', SCRIPT, 'watchdog', dir], { stdio: ['pipe', 'ignore', 'ignore'] });
  shell.stdin.on('error', () => undefined);
  shell.unref();
  const say =
    (word: string) =>
    (pid: number): void => {
      shell.stdin.write(`${word} ${String(pid)}\n`);
    };
  return { watch: say('watch'), forget: say('forget'), stop: () => shell.kill('SIGKILL') };
}
