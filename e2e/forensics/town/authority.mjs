// A certificate authority that lives as long as one run, so that the browsers see what they would see in
// earnest: `https`, names of their own for each site, and what a browser notes down only of such sites.
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createSecureContext } from 'node:tls'

/** The name under which browsers list it. */
export const AUTHORITY = 'town'

function run(program, args) {
  const { status, error, stderr } = spawnSync(program, args, { encoding: 'utf8' })
  if (error?.code === 'ENOENT') throw new Error(`${program} is not installed: cargo xtask setup installs it`)
  if (error) throw error
  if (status !== 0) throw new Error(`${program}: ${stderr}`)
}

/**
 * Makes an authority in `folder`: its own certificate as a file, and what makes one for a name. Each site has
 * one of its own, or a browser that keeps the certificate of one would keep the names of all.
 */
export function authority(folder) {
  const at = (name) => join(folder, name)
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
  run('openssl', ['req', '-x509', ...key, '-keyout', at('authority.key'), '-out', at('authority.pem'), '-days', '30',
    '-subj', `/CN=${AUTHORITY}`, '-addext', 'basicConstraints=critical,CA:TRUE', '-addext', 'keyUsage=critical,keyCertSign'])
  return {
    certificate: at('authority.pem'),
    site(name) {
      run('openssl', ['req', ...key, '-keyout', at(`${name}.key`), '-out', at(`${name}.csr`), '-subj', '/CN=site'])
      writeFileSync(at('names'), `subjectAltName=DNS:${name}\nextendedKeyUsage=serverAuth\n`)
      run('openssl', ['x509', '-req', '-in', at(`${name}.csr`), '-CA', at('authority.pem'), '-CAkey', at('authority.key'),
        '-CAcreateserial', '-days', '20', '-extfile', at('names'), '-out', at(`${name}.pem`)])
      return createSecureContext({ key: readFileSync(at(`${name}.key`)), cert: readFileSync(at(`${name}.pem`)) })
    },
  }
}

/** Lets whoever uses the NSS store in `folder` trust it: Chromium's is in a home, Firefox's in a profile. */
export function trust(folder, certificate) {
  run('certutil', ['-N', '-d', `sql:${folder}`, '--empty-password'])
  run('certutil', ['-A', '-d', `sql:${folder}`, '-n', AUTHORITY, '-t', 'C,,', '-i', certificate])
}
