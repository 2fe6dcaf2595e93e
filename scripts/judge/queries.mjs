// Holds every GraphQL document below crates/ against GitHub's published schema.
//
//   node queries.mjs CRATES MODULES
//
// MODULES is the node_modules folder that holds graphql and @octokit/graphql-schema. A document of queries must be
// valid as it stands; one of types (what the simulator serves) must be a part of the published schema.

import { readFileSync, readdirSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';

import { readSchema } from './graphql.mjs';

const [crates, modules] = process.argv.slice(2).map((path) => resolve(path));
const { graphql, published, schema } = readSchema(modules);
const { GraphQLError, Kind, isTypeDefinitionNode, parse, print, validate, visit } = graphql;

const types = definitions(parse(published, { noLocation: true }));
const counts = { passed: 0, failed: 0 };

const files = readdirSync(crates, { recursive: true })
  .filter((path) => path.endsWith('.graphql') && !/(^|\/)(target|node_modules)\//.test(path))
  .sort();
report('there are documents', files.length > 0 ? [] : [`${crates} holds no *.graphql`]);
for (const path of files) judge(path, readFileSync(join(crates, path), 'utf8'));
report('self-test: a wrong field', caught(problems(parse('{ viewer { logins } }'))));
report('self-test: a type that may be null', caught(foreign(parse('type User { login: String }'))));
console.log(`judge: ${counts.passed} passed, ${counts.failed} failed`);
process.exitCode = counts.failed === 0 ? 0 : 1;

function judge(path, text) {
  const name = relative(process.cwd(), join(crates, path));
  let document;
  try {
    document = parse(text);
  } catch (error) {
    report(name, [error.message]);
    return;
  }
  if (document.definitions.some(isTypeDefinitionNode)) {
    report(name, foreign(document));
    return;
  }
  report(name, problems(document));
  report(`self-test: ${name} with a wrong field`, caught(problems(withWrongField(document))));
}

/** What the published schema finds wrong with a document of queries. */
function problems(document) {
  return validate(schema, document).map(place);
}

/** A document whose every operation asks for something that does not exist. */
function withWrongField(document) {
  const wrong = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: 'noSuchField' } };
  return visit(document, {
    OperationDefinition: (operation) => {
      const { selectionSet } = operation;
      return { ...operation, selectionSet: { ...selectionSet, selections: [...selectionSet.selections, wrong] } };
    },
  });
}

/** What of a document of types is not in the published schema, or is another there. */
function foreign(document) {
  return [...definitions(document)].flatMap(([name, own]) => {
    const known = types.get(name);
    if (known?.kind !== own.kind) return [`${name} is not published as ${own.kind}`];
    return [
      ...missing(name, own.interfaces, known.interfaces),
      ...missing(name, own.types, known.types),
      ...missing(name, own.values, known.values),
      ...members(name, own.fields, known.fields),
    ];
  });
}

function members(owner, own = [], known = []) {
  return own.flatMap((member) => {
    const name = `${owner}.${member.name.value}`;
    const twin = known.find((other) => other.name.value === member.name.value);
    if (twin === undefined) return [`${name} is not published`];
    const wrong = ['type', 'defaultValue'].filter((key) => text(member[key]) !== text(twin[key]));
    return [
      ...wrong.map((key) => `${name}: ${key} is ${text(member[key])} and not ${text(twin[key])}`),
      ...members(name, member.arguments, twin.arguments),
    ];
  });
}

function missing(owner, own = [], known = []) {
  const names = known.map((node) => node.name.value);
  return own.filter((node) => !names.includes(node.name.value)).map((node) => `${owner} has no ${node.name.value}`);
}

function definitions(document) {
  return new Map(document.definitions.filter(isTypeDefinitionNode).map((node) => [node.name.value, node]));
}

function text(node) {
  return node === undefined ? 'nothing' : print(node);
}

function place(error) {
  if (!(error instanceof GraphQLError) || error.locations === undefined) return error.message;
  const [{ line, column }] = error.locations;
  return `${line}:${column} ${error.message}`;
}

function caught(problems) {
  return problems.length > 0 ? [] : ['the judge let it pass'];
}

function report(name, problems) {
  counts[problems.length === 0 ? 'passed' : 'failed'] += 1;
  if (problems.length > 0) console.log(`FAIL ${name}`);
  for (const problem of problems) console.log(`     ${problem}`);
}
