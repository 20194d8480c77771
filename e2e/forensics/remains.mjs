// Where the name of the chat's host remains in a browser's home.
import { join } from 'node:path'

import { Needles, hashedHost } from './search/needles.mjs'
import { search } from './search/search.mjs'
import { CHAT, WEBSITE } from './town/town.mjs'

const host = new Needles([CHAT, hashedHost(CHAT)])
const website = new Needles([WEBSITE])
/** Whom Chromium asks what the fields of a page are for; what is answered is kept under the page's host. */
const FIELDS = 'content-autofill.googleapis.com'
const fields = new Needles([FIELDS])

/** The files that hold it, as paths below the home; those of the cache that are no page's say whose they are. */
export function remains(home) {
  const files = new Set(search(home, host).hits.map(({ file }) => file))
  return [...files].filter((file) => !isWebsite(home, file)).map((file) => isOfFields(home, file) ? `${file} (of ${FIELDS})` : file).sort()
}

const isOfFields = (home, file) => /\/Cache\//.test(file) && search(join(home, file), fields).hits.length > 0

/** The program's own website links to the chat, and may be in the cache. */
const isWebsite = (home, file) => /\/cache2\/|\/Cache\//.test(file) && search(join(home, file), website).hits.length > 0
