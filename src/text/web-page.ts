/** `an HTML page, "403 Forbidden"`, as a proxy or a login page answers; undefined for other text. */
export function describePage(text: string): string | undefined {
  if (!/^\s*<(?:!doctype\s+html|html|head|body)\b/i.test(text)) return undefined;
  const [, title = ''] = /<title[^>]*>([^<]{0,200})/i.exec(text) ?? [];
  const words = title.replace(/\s+/g, ' ').trim();
  return words === '' ? 'an HTML page' : `an HTML page, "${words}"`;
}
