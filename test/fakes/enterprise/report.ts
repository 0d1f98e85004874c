/** What goes wrong in the background, where no request is waiting for it. */
export function report(error: unknown): void {
  process.stderr.write(`stand-in: ${String(error)}\n`);
}
