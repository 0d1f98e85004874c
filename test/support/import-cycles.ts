/** Finds import cycles. */

/** @returns the files of each cycle, the first of them again at its end */
export function importCycles(
  imports: readonly { readonly file: string; readonly target: string | undefined }[],
): string[][] {
  const targets = Map.groupBy(imports, ({ file }) => file);
  const seen = new Set<string>();
  const follow = (file: string, way: readonly string[]): string[][] => {
    const start = way.indexOf(file);
    if (start >= 0) return [[...way.slice(start), file]];
    if (seen.has(file)) return [];
    const found = (targets.get(file) ?? []).flatMap(({ target }) =>
      target === undefined ? [] : follow(target, [...way, file]),
    );
    seen.add(file);
    return found;
  };
  return [...targets.keys()].flatMap((file) => follow(file, []));
}
