// The gate every judged request goes through: gate, then Prism (which holds request and answer against the
// description), then the spoiler, then the simulated GitHub.
//
// The gate sees what Prism does not: parameters that the description does not know, links that lead
// elsewhere, requests that GitHub would turn away for their headers.

import { violationsOfReply, violationsOfRequest, withTypeNames } from './graphql.mjs';
import { send, serve, withoutTransport } from './http.mjs';
import { spoil } from './spoil.mjs';

const API_VERSION = '2022-11-28';
const ELEMENT_LENGTH = 600;

/** GitHub's answer by path, until the gate has taken it: Prism does not show what it refuses. */
const answers = new Map();

/** Starts the spoiler: Prism's upstream, which changes an answer where a self-test asks it to. */
export function startSpoiler(simulator) {
  return serve(async ({ method, path, headers, body }) => {
    const { 'x-judge-spoil': kind, ...rest } = withoutTransport(headers);
    const reply = await send(simulator + path, { method, headers: { ...rest, 'accept-encoding': 'identity' }, body });
    answers.set(path, reply);
    return kind === undefined ? reply : spoil(reply, kind);
  });
}

/** What the gate knows: where Prism and the simulator are, the operations of the description, GraphQL's schema. */
export class Gate {
  constructor({ prism, simulator, description, published }) {
    this.prism = prism;
    this.simulator = simulator;
    this.published = published;
    this.operations = Object.entries(description.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({
        method: method.toUpperCase(),
        path,
        pattern: patternOf(path),
        parameters: queryParametersOf(operation, description),
      })),
    );
  }

  /** Asks GitHub through Prism; the answer carries `violations`, a list of sentences. */
  async ask(method, path, headers, body) {
    if (path === '/graphql') return this.askGraphql(method, headers, body);
    const reply = await send(this.prism + path, { method, headers: withoutTransport(headers), body });
    const violations = [
      ...this.violationsOfRequest(method, path, headers),
      ...violationsOfPrism(reply),
      ...this.violationsOfLinks(reply),
    ];
    const answer = answers.get(path);
    answers.delete(path);
    if (answer?.status === 304 && 'content-type' in answer.headers) {
      violations.unshift('response: GitHub sends no Content-Type with 304');
    }
    const element = firstElementNamed(violations, answer?.body);
    if (element !== undefined) violations.unshift(element);
    delete reply.headers['sl-violations'];
    return { ...reply, violations };
  }

  /** GraphQL is not in the description: GitHub's published schema judges it. */
  async askGraphql(method, { 'x-judge-spoil': kind, ...headers }, body) {
    const violations = violationsOfRequest(this.published, body);
    const asked = violations.length === 0 ? withTypeNames(this.published, body) : body;
    const url = `${this.simulator}/graphql`;
    const answer = await send(url, { method, headers: withoutTransport(headers), body: asked });
    const reply = kind === undefined ? answer : spoil(answer, kind);
    if (violations.length === 0) violations.push(...violationsOfReply(this.published, asked, reply));
    if (method !== 'POST') violations.push(`request: ${method} of /graphql`);
    if (!headers['user-agent']) violations.push('request: GitHub refuses requests without User-Agent');
    return { ...reply, violations };
  }

  /** Serves the gate to a client; `onVerdict` gets each request with its violations. */
  async listen(onVerdict) {
    const { server, url } = await serve(async ({ method, path, headers, body }) => {
      const reply = await this.ask(method, path, headers, body);
      onVerdict({ method, path, status: reply.status, violations: reply.violations });
      for (const name of ['link', 'location']) {
        if (name in reply.headers) reply.headers[name] = reply.headers[name].replaceAll(this.simulator, url);
      }
      return reply;
    });
    return { server, url };
  }

  operationOf(method, pathname) {
    return this.operations
      .filter((operation) => operation.method === method && operation.pattern.test(pathname))
      .sort((left, right) => variablesIn(left.path) - variablesIn(right.path))[0];
  }

  violationsOfRequest(method, path, headers) {
    const { pathname, searchParams } = new URL(path, this.simulator);
    const operation = this.operationOf(method, pathname);
    if (operation === undefined) return [`request: ${method} ${pathname} is not in the description`];
    const violations = [...searchParams.keys()]
      .filter((name) => !operation.parameters.includes(name))
      .map((name) => `request: ${operation.path} knows no parameter "${name}"`);
    if (!headers['user-agent']) violations.push('request: GitHub refuses requests without User-Agent');
    if (headers['x-github-api-version'] !== API_VERSION) {
      violations.push(`request: X-GitHub-Api-Version is not ${API_VERSION}`);
    }
    return violations;
  }

  violationsOfLinks(reply) {
    const links = [...(reply.headers.link ?? '').matchAll(/<([^>]*)>/g)].map((match) => match[1]);
    if (reply.headers.location !== undefined) links.push(reply.headers.location);
    return links
      .filter((link) => {
        const url = new URL(link, this.simulator);
        return url.origin !== this.simulator || this.operationOf('GET', url.pathname) === undefined;
      })
      .map((link) => `response: the link ${link} leads out of the API`);
  }
}

/** Prism answers in its own name as application/problem+json, or notes violations in a header. */
function violationsOfPrism({ status, headers, body }) {
  const own = headers['content-type']?.startsWith('application/problem+json');
  if (!own && headers['sl-violations'] === undefined) return [];
  let found;
  if (own) {
    const problem = JSON.parse(body.toString());
    found = problem.validation ?? [{ location: ['prism'], message: `${status} ${problem.title}: ${problem.detail}` }];
  } else {
    try {
      found = JSON.parse(headers['sl-violations']);
    } catch {
      found = [{ location: ['prism'], message: headers['sl-violations'] }];
    }
  }
  return [...new Set(found.map(({ location, message }) => `${(location ?? []).join('.')}: ${message}`))];
}

/** Of a list the first element that is violated, as it came: among 30 possible shapes only that tells the reason. */
function firstElementNamed(violations, body) {
  const index = violations.map((violation) => /^response\.body\.(\d+)/.exec(violation)?.[1]).find(Boolean);
  if (index === undefined || body === undefined) return undefined;
  const element = JSON.parse(body.toString())[index];
  const shallow = JSON.stringify(element, (key, value) =>
    key !== '' && value !== null && typeof value === 'object' ? `(${Object.keys(value).length} members)` : value,
  );
  return `element ${index}: ${shallow?.slice(0, ELEMENT_LENGTH)}`;
}

function queryParametersOf(operation, description) {
  return (operation.parameters ?? [])
    .map((parameter) =>
      parameter.$ref === undefined ? parameter : description.components.parameters[parameter.$ref.split('/').pop()],
    )
    .filter((parameter) => parameter.in === 'query')
    .map((parameter) => parameter.name);
}

/** `{path}` of a repository's contents may hold slashes; every other variable is one segment. */
function patternOf(path) {
  const escaped = path.replace(/[.*+?^$()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replace('{path}', '.+').replace(/\{[^}]+\}/g, '[^/]+')}$`);
}

function variablesIn(path) {
  return path.split('{').length;
}
