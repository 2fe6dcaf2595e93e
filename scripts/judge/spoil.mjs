// Answers made wrong on purpose, for the self-tests: each kind must be caught whenever it is asked for.

/** Changes `reply` in the way that `kind` names. */
export function spoil(reply, kind) {
  const change = KINDS[kind];
  if (change === undefined) throw new Error(`no way of spoiling is called ${kind}`);
  return change(reply);
}

const KINDS = {
  /** Every value has another type. */
  everything: (reply) => withJson(reply, otherType),
  /** The first issue's number is text. */
  number: (reply) => withJson(reply, (issues) => [{ ...issues[0], number: String(issues[0].number) }]),
  /** The first issue lacks `updated_at`. */
  missing: (reply) => withJson(reply, ([{ updated_at: _, ...issue }]) => [issue]),
  /** The first issue's `created_at` is no time. */
  time: (reply) => withJson(reply, (issues) => [{ ...issues[0], created_at: 'yesterday' }]),
  /** JSON under the name of a page. */
  media: (reply) => ({ ...reply, headers: { ...reply.headers, 'content-type': 'text/html' } }),
  /** The next page lies on another machine. */
  link: (reply) => ({
    ...reply,
    headers: { ...reply.headers, link: '<https://elsewhere.example/?page=2>; rel="next"' },
  }),
  /** A status that no description knows. */
  status: (reply) => ({ ...reply, status: 299 }),
};

function withJson(reply, change) {
  const body = Buffer.from(JSON.stringify(change(JSON.parse(reply.body.toString()))));
  return { ...reply, body };
}

function otherType(value) {
  if (Array.isArray(value)) return value.length === 0 ? { wrong: true } : value.map(otherType);
  if (value === null) return [null];
  if (typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, otherType(member)]));
  }
  return typeof value === 'string' ? { text: value } : String(value);
}
