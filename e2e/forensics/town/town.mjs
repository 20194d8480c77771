// The web as a survivor's browser meets it, on this computer: the program's website with the snippet, the chat
// (a server that speaks TLS before a real relay, or one that gives out the export), and the ordinary site that
// the way out goes to.
//
// Chromium and Firefox are told to find every name here, so nothing they ask for leaves this computer.
import { once } from 'node:events'
import { request as ask } from 'node:http'
import { createServer } from 'node:https'
import { connect } from 'node:net'
import { gzipSync } from 'node:zlib'

import { authority } from './authority.mjs'

export const WEBSITE = 'www.rivertown.example'
/** Of a domain of its own, so that any trace of it is a trace of the chat. */
export const CHAT = 'bluebarn-page.example'
/** Where the relay is when the program gives out the page itself. */
export const RELAY = 'greenmill-line.example'

/**
 * Where Chromium asks its maker what the fields of a page are for, by numbers that are made of their names. It keeps
 * the answer in its cache, filed under the page's address.
 */
const FIELDS = 'content-autofill.googleapis.com'

/** A word of the program's website, which a browser may keep and does: a search that finds it can find. */
export const CONTROL = 'marmaladeferry'

/** The ordinary site's own. */
export const EXIT_TITLE = 'Weather'

/**
 * The two ways in which the snippet leads from the program's website to the chat: without its script it is a plain
 * link, and with it no way leads Back to the website.
 */
export const LINKS = { 'a plain link': '/', 'a link that replaces the page': '/replacing' }
/** A page of the website without the snippet, which the survivor comes from. */
const NEWS = '/news'
/** What the snippet calls the link. */
export const LINK = 'Chat with an advocate'

const website = (snippet) => `<!doctype html><html lang="en"><meta charset="utf-8"><title>${CONTROL} town</title>
<h1>A town</h1><p>News of the ${CONTROL}.</p>${snippet}</html>`

/**
 * Starts it before the relay whose survivors' listener has this port.
 *
 * @param {string} folder for keys
 * @param {object} around
 * @param {number} around.relay the port
 * @param {string} around.snippet what `site snippet` made for the program's website
 * @param {URL} around.exit where the way out leads
 * @param {(request: object, answer: object) => void} [around.own] how the program's own server gives out the page
 * @param {(headers: object) => void} [around.change] what a careless server before the relay would do to its answers
 */
export async function startTown(folder, { relay, snippet, exit, own, change = () => {} }) {
  const plain = snippet.replace(/<script>[^]*<\/script>/, '')
  const { certificate, site } = authority(folder)
  const sites = new Map([WEBSITE, CHAT, RELAY, FIELDS, exit.hostname].map((name) => [name, site(name)]))
  const SNICallback = (name, done) => done(sites.has(name) ? null : new Error('nobody of that name'), sites.get(name))
  const described = []
  const server = createServer({ SNICallback }, (request, answer) => {
    const { host } = request.headers
    const [path] = request.url.split('?')
    if (path === '/u') web.posted += 1
    if (host === CHAT && own) return own(request, answer)
    if (host === (own ? RELAY : CHAT)) return pass(relay, request, answer, change)
    if (host === exit.hostname) return page(answer, `<!doctype html><title>${EXIT_TITLE}</title><p>An ordinary site`)
    if (host === WEBSITE && path === NEWS) return page(answer, website(''))
    if (host === WEBSITE && path === '/') return page(answer, website(plain))
    if (host === WEBSITE && path === '/replacing') return page(answer, website(snippet))
    if (host === FIELDS) {
      described.push(request.url)
      return answer.writeHead(200, { 'content-type': 'text/proto', 'cache-control': 'private, max-age=86400' }).end()
    }
    answer.writeHead(404).end()
  })
  const web = { breaksWebSocket: false, posted: 0 }
  server.on('upgrade', (request, socket, head) => {
    if (web.breaksWebSocket) return socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n')
    upgrade(relay, request, socket, head)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: server.address().port,
    certificate,
    exit: exit.href,
    news: `https://${WEBSITE}${NEWS}`,
    website: (link) => `https://${WEBSITE}${LINKS[link]}`,
    chat: `https://${CHAT}/`,
    /** What Chromium asked about fields, of any page. */
    described,
    /** Whether something before the relay breaks WebSocket, and how often a line posted since without one. */
    web,
    stop() {
      server.close()
      server.closeAllConnections()
    },
  }
}

/** A page that browsers may keep for a day, packed. */
function page(answer, html) {
  answer.writeHead(200, {
    'content-type': 'text/html; charset=utf-8', 'content-encoding': 'gzip', 'cache-control': 'max-age=86400',
  })
  answer.end(gzipSync(html))
}

function pass(relay, request, answer, change) {
  const onward = ask({ port: relay, host: '127.0.0.1', method: request.method, path: request.url, headers: request.headers })
  onward.on('response', (from) => {
    const headers = { ...from.headers }
    change(headers)
    answer.writeHead(from.statusCode, headers)
    from.pipe(answer)
  })
  onward.on('error', () => answer.destroy())
  request.pipe(onward)
}

function upgrade(relay, request, socket, head) {
  const onward = connect(relay, '127.0.0.1', () => {
    const lines = []
    for (let at = 0; at < request.rawHeaders.length; at += 2) lines.push(`${request.rawHeaders[at]}: ${request.rawHeaders[at + 1]}`)
    onward.write(`${request.method} ${request.url} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`)
    onward.write(head)
    socket.pipe(onward).pipe(socket)
  })
  for (const end of [socket, onward]) {
    end.on('error', () => {})
    end.on('close', () => { socket.destroy(); onward.destroy() })
  }
}
