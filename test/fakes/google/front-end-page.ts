/**
 * The pages of Google's front end. The one of 401 is quoted in full in google/adk-python#3814; the words of 403 stand in
 * datacommonsorg/docsite#463; the others are made after them.
 */
import type { ServerResponse } from 'node:http';

const PAGES = {
  'not found': [404, 'Error 404 (Not Found)!!1', 'The requested URL <code>PATH</code> was not found on this server.'],
  unauthorized: [
    401,
    '401 Unauthorized',
    'Your client does not have permission to the requested URL <code>PATH</code>.',
  ],
  forbidden: [
    403,
    '403 Forbidden',
    'Your client does not have permission to get URL <code>PATH</code> from this server.',
  ],
  unavailable: [503, '503 Service Unavailable', 'The service is temporarily unavailable.'],
} as const;

type Page = keyof typeof PAGES;

export function sendPage(response: ServerResponse, page: Page, path: string): void {
  const [status, title, text] = PAGES[page];
  const lines = [
    '',
    '<html><head>',
    '<meta http-equiv="content-type" content="text/html;charset=utf-8">',
    `<title>${title}</title>`,
    '</head>',
    '<body text=#000000 bgcolor=#ffffff>',
    `<h1>Error: ${title.replace(/^\d+ /, '')}</h1>`,
    `<h2>${text.replace('PATH', path)}</h2>`,
    '<h2></h2>',
    '</body></html>',
    '',
  ];
  response.writeHead(status, { 'content-type': 'text/html; charset=UTF-8', server: 'Google Frontend' });
  response.end(lines.join('\n'));
}
