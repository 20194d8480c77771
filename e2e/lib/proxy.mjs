// A real nginx before a relay, which breaks WebSocket in one of the ways in which servers on the way do.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { freePort, startProgram } from './program.mjs'
import { wait } from './wait.mjs'

const NGINX = process.env.NGINX ?? '/usr/sbin/nginx'

/** Buffers every answer until it is whole, whatever the relay asks for, and speaks to it as nginx does unless it is told otherwise. */
const BUFFERS = 'proxy_http_version 1.0; proxy_buffering on; proxy_ignore_headers X-Accel-Buffering;'
/** Hands answers on as they come. */
const STREAMS = 'proxy_http_version 1.1; proxy_set_header Connection ""; proxy_buffering off;'

/** How WebSocket fails. */
export const REFUSES = 'refuses'
export const HANGS = 'hangs'
export const PASSES = 'passes'

const UPGRADES = 'proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade;'

/**
 * A program behind such a server: `webSocket` says what becomes of one, `buffers` whether answers are kept until they
 * are whole, and `cutsEvery` after how many milliseconds every connection is cut, again and again.
 *
 * `origins` are those of the two doors as browsers see them; `asked()` are the paths that were asked for, with how each
 * was answered.
 * @param {{webSocket: string, buffers?: boolean, cutsEvery?: number, more?: object}} how
 */
export async function startProgramBehind({ webSocket, buffers = false, cutsEvery, survivor = '', desk = '' }) {
  const ports = { visitor: await freePort(), desk: await freePort() }
  const origins = { visitor: `http://localhost:${ports.visitor}`, desk: `http://localhost:${ports.desk}` }
  const program = await startProgram({
    survivor: `origin = "${origins.visitor}"\n${survivor}`,
    desk: `origin = "${origins.desk}"\n${desk}`,
  })
  const folder = mkdtempSync(join(tmpdir(), 'n-'))
  const silent = webSocket === HANGS ? await startSilent() : undefined
  const line = {
    [REFUSES]: () => 'return 403;',
    [HANGS]: () => `${UPGRADES} proxy_pass http://127.0.0.1:${silent.port};`,
    [PASSES]: (relay) => `${UPGRADES} proxy_read_timeout 1h; proxy_pass ${relay};`,
  }[webSocket]
  const server = (door) => {
    const relay = `http://127.0.0.1:${new URL(program[door]).port}`
    return `
  server {
    listen 127.0.0.1:${ports[door]};
    proxy_set_header Host $http_host;
    location / { ${buffers ? BUFFERS : STREAMS} proxy_pass ${relay}; }
    location = /line { ${line(relay)} }
  }`
  }
  mkdirSync(join(folder, 'temp'))
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `  ${kind}_temp_path ${folder}/temp/${kind};`)
  writeFileSync(join(folder, 'nginx.conf'), `
daemon off;
${process.getuid() === 0 ? 'user root;' : ''}
worker_processes 1;
worker_shutdown_timeout 10ms;
pid ${folder}/pid;
error_log ${folder}/errors.log crit;
events { worker_connections 512; }
http {
  log_format asked '$status $request_method $uri';
  access_log ${folder}/asked.log asked;
${temporary.join('\n')}
${server('visitor')}
${server('desk')}
}
`)
  const nginx = spawn(NGINX, ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', join(folder, 'errors.log')], { stdio: ['ignore', 'inherit', 'inherit'] })
  const ended = once(nginx, 'exit')
  for (const port of Object.values(ports)) await wait(() => listens(port), 'nginx', 10_000)
  // A server that is told to read its configuration anew replaces its workers, and what those still carry is cut.
  const cuts = cutsEvery && setInterval(() => nginx.kill('SIGHUP'), cutsEvery)
  return {
    program,
    origins,
    asked: () => readFileSync(join(folder, 'asked.log'), 'utf8').trim().split('\n').filter(Boolean),
    async stop() {
      clearInterval(cuts)
      nginx.kill('SIGTERM')
      await ended
      silent?.stop()
      rmSync(folder, { recursive: true, force: true })
      await program.stop()
    },
  }
}

/** Takes connections and never says a word. */
async function startSilent() {
  const open = new Set()
  const server = createServer((socket) => {
    open.add(socket)
    socket.on('error', () => {}).on('close', () => open.delete(socket)).resume()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: server.address().port,
    stop() {
      server.close()
      for (const socket of open) socket.destroy()
    },
  }
}

function listens(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.on('connect', () => { socket.destroy(); resolve(true) }).on('error', () => resolve(false))
  })
}
