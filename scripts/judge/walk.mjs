// Walks the list of requests, and proves with wrong answers that the judge can say no.

import { readFileSync } from 'node:fs';

import { send } from './http.mjs';

export const HEADERS = {
  accept: 'application/vnd.github+json',
  authorization: 'Bearer ghp_judge0000000000000000000000000000000',
  'user-agent': 'hublake-judge',
  'x-github-api-version': '2022-11-28',
};

/** A next-link that never ends is a fault of its own. */
const PAGES_MAX = 200;

/** Reads requests.txt and puts the discovered names into its paths. */
export function readRequests(file, names) {
  const lines = readFileSync(file, 'utf8').split('\n').map((line) => line.trim());
  return lines
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [status, ...words] = line.split(/\s+/);
      const method = words[0].startsWith('/') ? 'GET' : words.shift();
      const [template, ...options] = words;
      const path = template.replace(/\{(\w+)\}/g, (_, name) => {
        if (names[name] === undefined) throw new Error(`requests.txt: nothing is known as {${name}}`);
        return names[name];
      });
      return { status: Number(status), method, path, options };
    });
}

/** Finds what to ask for, past the gate: these answers are judged when they are walked. */
export async function discover(simulator) {
  const ask = async (path, headers = HEADERS, method = 'GET') => {
    const reply = await send(simulator + path, { method, headers });
    const text = reply.body.toString();
    if (reply.status >= 300) throw new Error(`${path} answered ${reply.status}: ${text.slice(0, 500)}`);
    return JSON.parse(text);
  };
  const repositories = await ask('/user/repos?per_page=100');
  const [first] = repositories;
  if (first === undefined) throw new Error('/user/repos is empty: the simulator serves no repository');
  const [issue] = await ask(`/repos/${first.full_name}/issues?state=all&sort=comments&per_page=1`);
  const installations = await ask('/app/installations', asWhom('app'));
  const own = installations.find(({ account }) => account?.login === first.owner.login);
  const installation = (own ?? installations[0])?.id;
  const hits = await ask('/search/code?q=filename:render.yaml+path:/&per_page=100').catch(() => ({ items: [] }));
  const hit = hits.items.find(({ path }) => path === 'render.yaml');
  const { token } = await ask(`/app/installations/${installation}/access_tokens`, asWhom('app'), 'POST');
  return {
    repositories: repositories.map((repository) => repository.full_name),
    names: {
      repo: first.full_name,
      owner: first.owner.login,
      id: first.id,
      issue: issue?.number,
      user: issue?.user?.login,
      installation,
      found: hit?.repository.full_name,
      found_id: hit?.repository.id,
      blob: hit?.sha,
    },
    installationToken: token,
  };
}

/** The headers of somebody: the user, an App (signed by nobody: the simulator only looks at the form) or nobody. */
function asWhom(who, installationToken) {
  const { authorization, ...rest } = HEADERS;
  const bearers = {
    app: `Bearer eyJhbGciOiJSUzI1NiJ9.${Buffer.from('{"iss":"1"}').toString('base64url')}.c2lnbmF0dXJl`,
    installation: `Bearer ${installationToken}`,
    user: authorization,
    wrong: 'Bearer of-bad-news',
  };
  return who === 'nobody' ? rest : { ...rest, authorization: bearers[who] };
}

/** The headers of a request of the list. */
function headersOf({ options }, installationToken) {
  return asWhom(options.find((option) => option.startsWith('as='))?.slice(3) ?? 'user', installationToken);
}

/** Asks each request; `report(name, violations)` gets every answer. */
export async function walk(gate, requests, installationToken, report) {
  for (const request of requests) {
    const headers = headersOf(request, installationToken);
    const reply = await askFor(gate, request, headers, report);
    if (request.options.includes('follow')) await follow(gate, reply, headers, report);
    if (request.options.includes('twice')) {
      const { etag } = reply.headers;
      if (etag === undefined) report(`GET ${request.path}`, ['response: there is no ETag']);
      else await askFor(gate, { ...request, status: 304 }, { ...headers, 'if-none-match': etag }, report);
    }
  }
}

async function follow(gate, first, headers, report) {
  let reply = first;
  for (let page = 2; ; page += 1) {
    const next = /<([^>]*)>;\s*rel="next"/.exec(reply.headers.link ?? '')?.[1];
    if (next === undefined) return;
    const { pathname, search } = new URL(next);
    if (page > PAGES_MAX) {
      report(`GET ${pathname}${search}`, [`response: rel="next" goes on after ${PAGES_MAX} pages`]);
      return;
    }
    reply = await askFor(gate, { status: 200, method: 'GET', path: pathname + search }, headers, report);
  }
}

async function askFor(gate, { status, method, path }, headers, report) {
  const reply = await gate.ask(method, path, headers);
  const violations = [...reply.violations];
  if (violations.length === 0 && reply.status !== status) {
    violations.push(`response: ${reply.status} instead of ${status}: ${reply.body.toString().slice(0, 200)}`);
  }
  report(`${method} ${path} ${status}`, violations);
  return reply;
}

/**
 * Asks for wrong answers and asks wrongly. Each of the walked requests is also spoilt as a whole, because an
 * operation whose schema the validator cannot compile is let pass in silence.
 */
export async function selfTest(gate, requests, names, installationToken, report) {
  const issues = `/repos/${names.repo}/issues?state=all&per_page=5`;
  const cases = [
    ['an issue whose number is text', issues, 'number'],
    ['an issue without updated_at', issues, 'missing'],
    ['an issue created at no time', issues, 'time'],
    ['JSON that is called a page', issues, 'media'],
    ['a next page on another machine', issues, 'link'],
    ['an unknown status', issues, 'status'],
    ['a state that does not exist', `/repos/${names.repo}/issues?state=sleeping`],
    ['a page size in words', `/repos/${names.repo}/issues?per_page=many`],
    ['a misspelt parameter', `/repos/${names.repo}/issues?perpage=100`],
    ['a path that does not exist', `/repos/${names.repo}/isues`],
    ['a request of no API version', issues, undefined, 'x-github-api-version'],
    ['a request of no User-Agent', issues, undefined, 'user-agent'],
  ];
  for (const [name, path, kind, leftOut] of cases) {
    const headers = { ...HEADERS };
    if (kind !== undefined) headers['x-judge-spoil'] = kind;
    delete headers[leftOut];
    reportCaught(name, await gate.ask('GET', path, headers), report);
  }
  const limits = { query: '{ rateLimit { cost remaining resetAt } viewer { login } }' };
  const ask = (query, headers = {}) =>
    gate.ask('POST', '/graphql', { ...HEADERS, ...headers }, Buffer.from(JSON.stringify(query)));
  report('GraphQL', (await ask(limits)).violations);
  const wrong = [
    ['a GraphQL field that does not exist', { query: '{ rateLimit { costs } }' }],
    ['a GraphQL variable of a wrong type', { query: 'query($ids: [ID!]!) { nodes(ids: $ids) { id } }', variables: { ids: [{}] } }],
    ['GraphQL with every type changed', limits, { 'x-judge-spoil': 'everything' }],
  ];
  for (const [name, query, headers] of wrong) reportCaught(name, await ask(query, headers), report);
  for (const request of requests.filter(({ status }) => status === 200 || status === 201)) {
    const headers = { ...headersOf(request, installationToken), 'x-judge-spoil': 'everything' };
    const name = `${request.method} ${request.path} with every type changed`;
    reportCaught(name, await gate.ask(request.method, request.path, headers), report);
  }
}

function reportCaught(name, { violations }, report) {
  report(`self-test: ${name}`, violations.length > 0 ? [] : ['the judge let it pass']);
}
