/** Columns as wide as their widest cell; the first ones to the left, figures to the right. */
export function table(rows: readonly (readonly string[])[], left = 1): string {
  const columns = Math.max(...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)));
  const cell = (text: string, at: number, width: number): string =>
    at < left ? text.padEnd(width) : text.padStart(width);
  const line = (row: readonly string[]): string => widths.map((width, at) => cell(row[at] ?? '', at, width)).join('  ');
  return rows.map((row) => `${line(row).trimEnd()}\n`).join('');
}
