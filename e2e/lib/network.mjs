// The network of one browser: a SOCKS proxy (RFC 1928) that reaches this computer and nothing else, can be
// cut and mended, and knows which hosts were asked for.
import { once } from 'node:events'
import { connect, createServer } from 'node:net'

const VERSION = 5
const NO_SECRET = 0
const CONNECT = 1
const ADDRESS = 1
const NAME = 3
const GRANTED = 0

/** The next `length` bytes; an error where the other side went before them. */
async function take(socket, length) {
  for (;;) {
    const bytes = socket.read(length)
    if (bytes) return bytes
    if (socket.readableEnded || socket.destroyed) throw new Error('the connection ended')
    await Promise.race([once(socket, 'readable'), once(socket, 'close')])
  }
}

/** The host and port that a client asks to be connected with. */
async function wanted(socket) {
  const [, methods] = await take(socket, 2)
  await take(socket, methods)
  socket.write(Buffer.of(VERSION, NO_SECRET))
  const [, command, , kind] = await take(socket, 4)
  if (command !== CONNECT || ![ADDRESS, NAME].includes(kind)) throw new Error(`command ${command} for a ${kind}`)
  const length = kind === NAME ? (await take(socket, 1))[0] : 4
  const host = await take(socket, length)
  const port = (await take(socket, 2)).readUInt16BE()
  return { host: kind === NAME ? host.toString() : [...host].join('.'), port }
}

/** Starts it; `elsewhere` is the port of this computer that stands for every host elsewhere. */
export async function startNetwork(elsewhere) {
  const sockets = new Set()
  const hosts = new Set()
  let cut = false

  const hold = (socket) => {
    sockets.add(socket)
    socket.on('error', () => {}) // `close` follows
    socket.on('close', () => sockets.delete(socket))
  }
  async function serve(client) {
    const { host, port } = await wanted(client)
    hosts.add(host)
    const here = host === 'localhost' || host === '127.0.0.1'
    const server = connect(here ? port : elsewhere, '127.0.0.1')
    hold(server)
    client.on('close', () => server.destroy())
    server.on('close', () => client.destroy())
    await once(server, 'connect')
    client.write(Buffer.of(VERSION, GRANTED, 0, 1, 0, 0, 0, 0, 0, 0))
    client.pipe(server).pipe(client)
  }
  const proxy = createServer((client) => {
    hold(client)
    if (cut) return client.destroy()
    serve(client).catch(() => client.destroy())
  }).listen(0, '127.0.0.1')
  await once(proxy, 'listening')

  const drop = () => { for (const socket of sockets) socket.destroy() }
  return {
    /** Where the proxy listens. */
    address: `127.0.0.1:${proxy.address().port}`,
    /** Every host that was asked for. */
    hosts,
    /** Gone, with whatever was on it; or back. */
    offline(gone) {
      cut = gone
      if (gone) drop()
    },
    close() {
      drop()
      proxy.close()
    },
  }
}
