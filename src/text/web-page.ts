/** A page for a browser, where an answer for a program was expected: from a proxy, a login page, a front end. */

/** `an HTML page, "403 Forbidden"`; undefined for any other text. Nobody wants to read its source. */
export function describePage(text: string): string | undefined {
  if (!/^\s*<(?:!doctype\s+html|html|head|body)\b/i.test(text)) return undefined;
  const [, title = ''] = /<title[^>]*>([^<]{0,200})/i.exec(text) ?? [];
  const words = title.replace(/\s+/g, ' ').trim();
  return words === '' ? 'an HTML page' : `an HTML page, "${words}"`;
}
