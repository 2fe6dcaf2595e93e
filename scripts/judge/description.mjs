// Makes the description that is judged by: GitHub's published one, cut to the judged paths, put into words
// that the proxy's validator understands, with overlay.json applied.
//
//   node description.mjs PUBLISHED OVERLAY OUT MODULES
//
// MODULES is the node_modules folder that holds jsonpath-plus.

import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';

const [published, overlayFile, out, modules] = process.argv.slice(2);
const { JSONPath } = createRequire(join(resolve(modules), 'x.js'))('jsonpath-plus');

const description = JSON.parse(readFileSync(published, 'utf8'));
const overlay = JSON.parse(readFileSync(overlayFile, 'utf8'));

keepJudgedPaths(description, overlay['x-judged-paths']);
dropExamples(description);
applyActions(description, overlay.actions);
bindEvents(description.components.schemas, overlay['x-event-names']);
addNumericIdTwins(description, overlay['x-numeric-id-paths']);
makeNullExplicit(description);
dropUnusedComponents(description);
writeFileSync(out, JSON.stringify(description));

/** A path that is not judged is unknown to the judge: whoever requests it is told so. */
function keepJudgedPaths(description, judged) {
  for (const path of judged) {
    if (!(path in description.paths)) throw new Error(`overlay.json judges ${path}, which is not published`);
  }
  for (const path of Object.keys(description.paths)) {
    if (!judged.includes(path)) delete description.paths[path];
  }
}

/** Examples are two thirds of the description and judge nothing. */
function dropExamples(description) {
  for (const operation of Object.values(description.paths).flatMap(Object.values)) {
    for (const response of Object.values(operation.responses)) {
      for (const media of Object.values(response.content ?? {})) delete media.examples;
    }
  }
}

/** OpenAPI Overlay 1.0: an object is merged, an array is appended to, `remove` takes the target away. */
function applyActions(description, actions) {
  for (const action of actions) {
    if (!action.description) throw new Error(`overlay.json: the action on ${action.target} states no reason`);
    const found = JSONPath({ path: action.target, json: description, resultType: 'all' });
    if (found.length === 0) throw new Error(`overlay.json: nothing lies at ${action.target}: is it still needed?`);
    for (const hit of found) {
      if (action.remove) delete hit.parent[hit.parentProperty];
      else merge(hit.value, action.update);
    }
  }
}

function merge(target, update) {
  if (Array.isArray(target)) {
    target.push(update);
    return;
  }
  for (const [key, value] of Object.entries(update)) {
    const mergeable = target[key] !== null && typeof target[key] === 'object' && typeof value === 'object';
    if (mergeable) merge(target[key], value);
    else target[key] = value;
  }
}

/** Each shape of an event is bound to the events it is of; what is left over has the plain shape. */
function bindEvents(schemas, { shapes, rest }) {
  for (const [schema, events] of Object.entries(shapes)) schemas[schema].properties.event.enum = events;
  schemas[rest].properties.event.not = { enum: [...new Set(Object.values(shapes).flat())] };
}

/** `/repositories/{repository_id}/...` answers what `/repos/{owner}/{repo}/...` answers. */
function addNumericIdTwins(description, paths) {
  const id = { name: 'repository_id', in: 'path', required: true, schema: { type: 'integer' } };
  const names = ['#/components/parameters/owner', '#/components/parameters/repo'];
  for (const path of paths) {
    const operation = structuredClone(description.paths[path].get);
    operation.operationId += '-by-id';
    operation.parameters = [id, ...operation.parameters.filter((parameter) => !names.includes(parameter.$ref))];
    description.paths[path.replace('/repos/{owner}/{repo}', '/repositories/{repository_id}')] = { get: operation };
  }
}

/**
 * The validator refuses to compile `nullable` without `type` and the proxy then lets every answer of that
 * operation pass in silence.
 */
function makeNullExplicit(node) {
  if (Array.isArray(node)) return node.forEach(makeNullExplicit);
  if (node === null || typeof node !== 'object') return;
  Object.values(node).forEach(makeNullExplicit);
  if (node.nullable !== true || 'type' in node) return;
  delete node.nullable;
  for (const combiner of ['oneOf', 'allOf', 'anyOf']) {
    if (!(combiner in node)) continue;
    node.anyOf = [{ enum: [null] }, { [combiner]: node[combiner] }];
    if (combiner !== 'anyOf') delete node[combiner];
    return;
  }
}

function dropUnusedComponents(description) {
  const used = new Set();
  const visit = (node) => {
    if (Array.isArray(node)) return node.forEach(visit);
    if (node === null || typeof node !== 'object') return;
    if (typeof node.$ref === 'string' && !used.has(node.$ref)) {
      used.add(node.$ref);
      const [, , kind, name] = node.$ref.split('/');
      visit(description.components[kind][name]);
    }
    Object.values(node).forEach(visit);
  };
  visit(description.paths);
  delete description.webhooks;
  delete description['x-webhooks'];
  for (const [kind, members] of Object.entries(description.components)) {
    for (const name of Object.keys(members)) {
      if (!used.has(`#/components/${kind}/${name}`)) delete members[name];
    }
  }
}
