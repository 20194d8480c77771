// The rest of the web, as a browser behind `network.mjs` finds it: one ordinary site under every name.
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** What the ordinary site shows. */
export const ORDINARY = 'An ordinary site'

/** A certificate of the site's own: a browser that looks at it has to be told to accept any. */
function certificate() {
  const folder = mkdtempSync(join(tmpdir(), 'e-'))
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  try {
    const { status, error, stderr } = spawnSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt',
      'ec_paramgen_curve:P-256', '-nodes', '-keyout', key, '-out', cert, '-days', '2', '-subj', '/CN=site'], { encoding: 'utf8' })
    if (error) throw new Error('openssl is not installed: cargo xtask setup installs it')
    if (status !== 0) throw new Error(`openssl: ${stderr}`)
    return { key: readFileSync(key), cert: readFileSync(cert) }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Starts it. */
export async function startElsewhere() {
  const server = createServer(certificate(), (_, answer) => {
    answer.setHeader('content-type', 'text/html; charset=utf-8').end(`<!doctype html><title>Elsewhere</title>${ORDINARY}`)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: server.address().port,
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}
