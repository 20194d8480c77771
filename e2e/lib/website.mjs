// Bare web servers on this computer: the program's own website, and a page that the program gives out itself,
// with the headers that its configuration for nginx has.
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'

const TYPES = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  wasm: 'application/wasm',
  svg: 'image/svg+xml',
}
const typeOf = (path) => TYPES[path.split('.').pop()]

async function listen(answer) {
  const server = createServer(answer).listen(0, 'localhost')
  await once(server, 'listening')
  return {
    origin: `http://localhost:${server.address().port}`,
    stop() {
      server.close()
      server.closeAllConnections()
    },
  }
}

/** A website of these pages, by path. What is asked for is remembered. */
export async function startWebsite(pages) {
  const asked = []
  const site = await listen((request, answer) => {
    asked.push(request)
    const body = pages[request.url]
    if (body === undefined) return answer.writeHead(404).end()
    answer.writeHead(200, { 'content-type': typeOf(request.url) ?? TYPES.html, ...pages.headers }).end(body)
  })
  return { ...site, asked, pages }
}

/**
 * A server for an export that is still to be made: it has to have its address first.
 *
 * @returns {Promise<{origin: string, give: (folder: string) => void, served: {headers: object, altered: object, asked: string[]}, stop: () => void}>}
 *   `served.headers` are sent with every answer; `served.altered` are bodies in place of files;
 *   `served.asked` is every path that was asked for.
 */
export async function startExport() {
  const { answer, ...giving } = giveOut()
  const site = await listen(answer)
  return { ...site, ...giving }
}

/** How a bare server answers that gives out an export, once `give` has said where that is. */
export function giveOut() {
  const served = { folder: undefined, headers: {}, console: {}, kept: {}, altered: {}, asked: [] }
  const answer = (request, answer) => {
    const path = { '/': '/index.html', '/console': '/console.html' }[request.url] ?? request.url
    served.asked.push(path)
    const packed = /\bbr\b/.test(request.headers['accept-encoding']) ? '.br' : ''
    let body
    try {
      body = served.altered[path] ?? readFileSync(join(served.folder, 'www', path + packed))
    } catch {
      return answer.writeHead(404, { 'cache-control': served.kept.document, ...served.headers }).end()
    }
    const encoding = packed && !served.altered[path] ? { 'content-encoding': 'br' } : {}
    const kept = path.startsWith('/s/') ? served.kept.files : served.kept.document
    const headers = path === '/console.html' ? served.console : served.headers
    answer.writeHead(200, { 'content-type': typeOf(path), 'cache-control': kept, ...encoding, ...headers }).end(body)
  }
  return {
    answer,
    served,
    give(folder) {
      const configuration = readFileSync(join(folder, 'nginx.conf'), 'utf8')
      const [ofAll, ofConsole = ''] = configuration.split('location = /console {')
      const headers = (lines) => Object.fromEntries([...lines.matchAll(/^ *add_header (\S+) "(.*)" always;$/gm)]
        .map(([, name, value]) => [name, value]))
      served.folder = folder
      served.headers = headers(ofAll)
      served.console = headers(ofConsole)
      served.kept.document = /^ *default "(.*)";$/m.exec(configuration)[1]
      served.kept.files = /:\/s\/" "(.*)";$/m.exec(configuration)[1]
    },
  }
}
