// Where the names of the chat's hosts remain in a browser's home, and what of it is the program's website's.
import { join } from 'node:path'

import { Needles, hashedHost } from './search/needles.mjs'
import { search } from './search/search.mjs'
import { CHAT, RELAY, WEBSITE } from './town/town.mjs'

const hosts = new Needles([CHAT, RELAY].flatMap((host) => [host, hashedHost(host)]))
const website = new Needles([WEBSITE])

/** The files that hold it, as paths below the home. */
export function remains(home) {
  const files = new Set(search(home, hosts).hits.map(({ file }) => file))
  return [...files].filter((file) => !isWebsite(home, file)).sort()
}

/** The program's own website has the snippet, which says what the chat is and links to it, and may be in the cache. */
export const isWebsite = (home, file) => /\/cache2\/|\/Cache\//.test(file) && search(join(home, file), website).hits.length > 0
