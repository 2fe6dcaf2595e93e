// The outside judge: a simulated GitHub and Hublake's own requests, held against GitHub's published description.
//
//   node judge.mjs --hublake PROGRAM --prism PRISM --description FILE --modules FOLDER --work FOLDER
//
// With HUBLAKE_RECORDED_DATA=FOLDER the simulator is judged a second time, serving the recorded data.
// With JUDGE_GITHUB=URL that GitHub is judged instead of `hublake sim`; with JUDGE_CLIENT=none no client runs.

import { spawn } from 'node:child_process';
import { mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import net from 'node:net';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { Gate, startSpoiler } from './gate.mjs';
import { readSchema } from './graphql.mjs';
import { freePort, send } from './http.mjs';
import { HEADERS, discover, readRequests, selfTest, walk } from './walk.mjs';

const GENERATED = ['--repos', '3', '--issues', '250', '--seed', '7', '--trending', '8'];
/** What the client is made to do; the second run finds nothing changed. */
const CLIENT = (repositories) => [
  ['add', ...repositories],
  ['run', 'issues'],
  ['run', 'issues'],
  ['run', 'traffic'],
  ['run', 'traffic'],
  ['run', 'trending'],
  ['run', 'trending', '--api', 'rest'],
];
/** Settings of the one who runs the judge, which would change what is judged. */
const SETTINGS = /^(HUBLAKE_|GITHUB_|DATABASE_URL$)/;
const START_SECONDS = 60;
const CLIENT_SECONDS = 300;
const VIOLATIONS_SHOWN = 8;
const FAILURES_SHOWN = 20;

const { values: options } = parseArgs({
  options: Object.fromEntries(['hublake', 'prism', 'description', 'modules', 'work'].map((name) => [name, { type: 'string' }])),
});
const children = [];
const servers = [];
const counts = { passed: 0, failed: 0 };

try {
  await main();
} catch (error) {
  report('the judge itself', [error.message]);
} finally {
  children.forEach((child) => child.kill());
  servers.forEach((server) => server.closeAllConnections());
  servers.forEach((server) => server.close());
}
if (counts.failed > FAILURES_SHOWN) console.log(`and ${counts.failed - FAILURES_SHOWN} more failures`);
console.log(`judge: ${counts.passed} passed, ${counts.failed} failed`);
process.exitCode = counts.failed === 0 ? 0 : 1;

async function main() {
  rmSync(options.work, { recursive: true, force: true });
  mkdirSync(options.work, { recursive: true });
  const { JUDGE_GITHUB: github, HUBLAKE_RECORDED_DATA: recorded } = process.env;
  if (github !== undefined) {
    await judgeGithub('given', github, true);
    return;
  }
  await judgeGithub('generated', await startSimulator('generated', GENERATED), true);
  if (recorded) await judgeGithub('recorded', await startSimulator('recorded', ['--data', resolve(recorded), '--trending', '4']), false);
}

/** Judges one GitHub and what the client asks of it; the self-tests need to be made only once. */
async function judgeGithub(world, simulator, withSelfTest) {
  const spoiler = await startSpoiler(simulator);
  servers.push(spoiler.server);
  const prism = await startPrism(world, spoiler.url);
  const description = JSON.parse(readFileSync(options.description, 'utf8'));
  const gate = new Gate({ prism, simulator, description, published: readSchema(resolve(options.modules)) });
  const reportHere = (name, violations) => report(`${world}: ${name}`, violations);

  const { repositories, names, installationToken } = await discover(simulator);
  const requests = readRequests(join(dirname(fileURLToPath(import.meta.url)), 'requests.txt'), names);
  const before = counts.passed + counts.failed;
  await walk(gate, requests, installationToken, reportHere);
  if (withSelfTest) await selfTest(gate, requests, names, installationToken, reportHere);
  if (process.env.JUDGE_CLIENT !== 'none') await judgeClient(world, gate, repositories, reportHere);
  console.log(`${world}: ${counts.passed + counts.failed - before} checks`);
}

async function startSimulator(world, data) {
  const address = `127.0.0.1:${await freePort()}`;
  const child = start(`${world} sim`, options.hublake, ['sim', ...data, '--listen', address]);
  const isUp = async () => (await send(`http://${address}/rate_limit`, { headers: HEADERS })).status < 500;
  await untilAnswered(child, isUp);
  return `http://${address}`;
}

async function startPrism(world, upstream) {
  const port = await freePort();
  const child = start(`${world} prism`, process.execPath, [
    options.prism,
    ...['proxy', '--errors', '--cors=false', '-h', '127.0.0.1', '-p', String(port), options.description, upstream],
  ]);
  await untilAnswered(child, () => connects(port));
  return `http://127.0.0.1:${port}`;
}

/** Runs the client's commands in a home of their own; each of its requests is a check. */
async function judgeClient(world, gate, repositories, report) {
  let asked = 0;
  const { server, url } = await gate.listen(({ method, path, status, violations }) => {
    asked += 1;
    report(`client: ${method} ${path} ${status}`, violations);
  });
  servers.push(server);
  const env = {
    HUBLAKE_HOME: join(options.work, `${world}-home`),
    GITHUB_API_URL: url,
    GITHUB_TOKEN: HEADERS.authorization.slice('Bearer '.length),
  };
  for (const [index, command] of CLIENT(repositories).entries()) {
    const before = asked;
    const child = start(`${world} ${command[0]} ${index}`, options.hublake, command, env);
    const code = await exitCode(child);
    const name = `client: hublake ${command.join(' ')}`;
    report(name, code === 0 ? [] : [`it ended with ${code}; see ${child.log}`]);
    if (command[0] === 'run') report(`${name} asks GitHub`, asked > before ? [] : ['no request came through the gate']);
  }
}

function start(name, program, args, env = {}) {
  const log = join(options.work, `${name.replaceAll(' ', '-')}.log`);
  const file = openSync(log, 'w');
  const inherited = Object.entries(process.env).filter(([variable]) => !SETTINGS.test(variable));
  const child = spawn(program, args, {
    stdio: ['ignore', file, file],
    env: { ...Object.fromEntries(inherited), ...env },
    cwd: options.work,
  });
  children.push(child);
  child.log = log;
  child.title = name;
  child.on('error', (error) => (child.failure = error.message));
  return child;
}

async function untilAnswered(child, answered) {
  const end = Date.now() + START_SECONDS * 1000;
  while (Date.now() < end) {
    if (child.failure !== undefined || child.exitCode !== null) {
      const written = readFileSync(child.log, 'utf8').trim().split('\n').slice(0, 5).join('\n');
      throw new Error(`${child.title} did not start: ${child.failure ?? `exit code ${child.exitCode}`}\n${written}`);
    }
    if (await answered().catch(() => false)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${child.title} did not answer within ${START_SECONDS} s; see ${child.log}`);
}

function connects(port) {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.on('connect', () => resolve(true) || socket.destroy());
    socket.on('error', () => resolve(false));
  });
}

function exitCode(child) {
  return new Promise((resolve) => {
    const timer = setTimeout(() => child.kill(), CLIENT_SECONDS * 1000);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      resolve(child.failure ?? code ?? `signal ${signal}`);
    });
  });
}

function report(name, violations) {
  if (violations.length === 0) {
    counts.passed += 1;
    return;
  }
  counts.failed += 1;
  if (counts.failed > FAILURES_SHOWN) return;
  console.log(`FAIL ${name}`);
  violations.slice(0, VIOLATIONS_SHOWN).forEach((violation) => console.log(`     ${violation}`));
  if (violations.length > VIOLATIONS_SHOWN) console.log(`     and ${violations.length - VIOLATIONS_SHOWN} more`);
}
