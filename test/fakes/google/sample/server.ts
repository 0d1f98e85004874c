/** The smallest service that can be deployed: it says which of its revisions answers. */
import { createServer } from 'node:http';

const { PORT = '', LISTEN_HOST, WORD = '', K_REVISION: revision } = process.env;
const server = createServer(({ url }, response) => {
  response.statusCode = url === '/nowhere' ? 404 : 200;
  response.end(JSON.stringify({ url, revision, word: WORD }));
});
server.listen(Number(PORT), LISTEN_HOST);
process.on('SIGTERM', () => {
  server.close();
});
