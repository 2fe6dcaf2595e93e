// Plain HTTP for the judge: whole bodies, no redirects followed, no header added.

import http from 'node:http';
import net from 'node:net';

/** Sends one request and gives `{status, headers, body}`, the body as a Buffer. */
export function send(url, { method = 'GET', headers = {}, body } = {}) {
  return new Promise((resolve, reject) => {
    const request = http.request(url, { method, headers, agent: false }, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) }),
      );
    });
    request.on('error', reject);
    request.end(body);
  });
}

/** Serves `answer({method, path, headers, body})` on a free port of this machine and gives its URL. */
export function serve(answer) {
  const server = http.createServer((request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', async () => {
      const { method, url: path, headers } = request;
      try {
        const reply = await answer({ method, path, headers, body: Buffer.concat(chunks) });
        response.writeHead(reply.status, withoutTransport(reply.headers));
        response.end(reply.body);
      } catch (error) {
        response.writeHead(502, { 'content-type': 'text/plain' });
        response.end(`the judge could not pass this on: ${error.message}`);
      }
    });
  });
  return new Promise((resolve, reject) => {
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => resolve({ server, url: `http://127.0.0.1:${server.address().port}` }));
  });
}

/** The headers without those that belong to one connection. */
export function withoutTransport(headers) {
  const transport = ['connection', 'content-length', 'host', 'keep-alive', 'transfer-encoding'];
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !transport.includes(name)));
}

/** A port of this machine that nobody listens on. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const probe = net.createServer();
    probe.on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}
