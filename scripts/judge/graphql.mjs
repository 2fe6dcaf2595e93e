// Holds GraphQL against GitHub's published schema: documents, and the requests and answers of a client.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/** The published schema; `modules` is the node_modules folder that holds graphql and @octokit/graphql-schema. */
export function readSchema(modules) {
  const graphql = createRequire(join(modules, 'x.js'))('graphql');
  const published = readFileSync(join(modules, '@octokit/graphql-schema/schema.graphql'), 'utf8');
  // It is published with two fields defined twice.
  const schema = graphql.buildSchema(published, { assumeValidSDL: true });
  return { graphql, published, schema };
}

/** The name under which the judge asks for the types of what may be of several. */
const TYPE_NAME = 'judgedType';

/** What the published schema finds wrong with a request, in sentences. */
export function violationsOfRequest({ graphql, schema }, body) {
  let query, variables, document;
  try {
    ({ query, variables } = JSON.parse(body.toString()));
    document = graphql.parse(query);
  } catch (error) {
    return [`request: ${error.message}`];
  }
  const violations = graphql.validate(schema, document).map((error) => `request: ${error.message}`);
  if (violations.length > 0) return violations;
  const operation = document.definitions.find(({ kind }) => kind === 'OperationDefinition');
  const { errors = [] } = graphql.getVariableValues(schema, operation.variableDefinitions ?? [], variables ?? {});
  return errors.map((error) => `request: ${error.message}`);
}

/** The request that also asks for the type's name wherever it may be one of several, so that the answer can be judged. */
export function withTypeNames({ graphql, schema }, body) {
  const { Kind, TypeInfo, isAbstractType, parse, print, visit, visitWithTypeInfo } = graphql;
  const { query, ...rest } = JSON.parse(body.toString());
  const types = new TypeInfo(schema);
  const named = (value) => ({ kind: Kind.NAME, value });
  const typeName = { kind: Kind.FIELD, alias: named(TYPE_NAME), name: named('__typename') };
  const document = visit(
    parse(query),
    visitWithTypeInfo(types, {
      SelectionSet: (node) =>
        isAbstractType(types.getParentType()) ? { ...node, selections: [...node.selections, typeName] } : undefined,
    }),
  );
  return Buffer.from(JSON.stringify({ query: print(document), ...rest }));
}

/** What the published schema finds wrong with the answer to a request, in sentences. */
export function violationsOfReply({ graphql, schema }, body, reply) {
  if (reply.status !== 200) return [];
  const { query, variables } = JSON.parse(body.toString());
  return violationsOfAnswer(graphql, schema, graphql.parse(query), variables, JSON.parse(reply.body.toString()));
}

/** Answers the query from the answer itself: what the schema does not allow there comes out as an error. */
function violationsOfAnswer(graphql, schema, document, variables, answer) {
  if (answer.data === undefined || answer.data === null) {
    return Array.isArray(answer.errors) ? [] : ['response: there is neither data nor an error'];
  }
  const explained = new Set((answer.errors ?? []).map(({ path }) => JSON.stringify(path)));
  const missing = [];
  const { data, errors = [] } = graphql.executeSync({
    schema,
    document,
    variableValues: variables,
    rootValue: answer.data,
    // Under the name that the query gives the field.
    fieldResolver: (source, _arguments, _context, { path }) => {
      const value = source[path.key];
      if (value === undefined) missing.push(`response: ${pathOf(path)} is missing`);
      return value;
    },
    typeResolver: (value) => value[TYPE_NAME],
  });
  const wrong = errors.filter(({ path }) => !explained.has(JSON.stringify(path)));
  const foreign = data === null || data === undefined ? [] : notAskedFor(answer.data, data, 'data');
  return [...missing, ...wrong.map(({ message, path }) => `response: ${(path ?? []).join('.')}: ${message}`), ...foreign];
}

/** Members of an answer that the query did not ask for, and scalars that the schema would write otherwise. */
function notAskedFor(given, asked, path) {
  if (Array.isArray(given) && Array.isArray(asked)) {
    return given.flatMap((element, index) => notAskedFor(element, asked[index], `${path}.${index}`));
  }
  if (given === null || typeof given !== 'object') {
    return given === asked ? [] : [`response: ${path} is ${JSON.stringify(given)} and not ${JSON.stringify(asked)}`];
  }
  if (asked === null || typeof asked !== 'object') return [];
  return Object.keys(given).flatMap((name) =>
    name in asked ? notAskedFor(given[name], asked[name], `${path}.${name}`) : [`response: nobody asked for ${path}.${name}`],
  );
}

function pathOf(path) {
  return path === undefined ? '' : [pathOf(path.prev), path.key].filter((part) => part !== '').join('.');
}
