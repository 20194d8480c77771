// What `docs/traces.md` says that remains, as the tests hold it against what does.
import { readFileSync } from 'node:fs'

const PAGE = new URL('../../docs/traces.md', import.meta.url)

/**
 * The rows of one browser's table: a place below the profile, in which `*` stands for part of a name,
 * whether it is there after every visit, and how it goes.
 * @returns {{place: string, always: boolean, how: string, matches: (file: string) => boolean}[]}
 */
export function listed(browser) {
  const [, section] = readFileSync(PAGE, 'utf8').split(new RegExp(`^## ${browser}\\b.*$`, 'm'))
  if (!section) throw new Error(`docs/traces.md has no part about ${browser}`)
  const rows = section.split(/^## /m)[0].split('\n').filter((line) => line.startsWith('| `'))
  return rows.map((row) => {
    const [, place, when, how] = /^\| `([^`]+)` \| (always|at times) \| [^|]+ \| ([^|]+) \|$/.exec(row) ?? []
    if (!place) throw new Error(`this row of docs/traces.md cannot be read: ${row}`)
    const pattern = place.split('*').map((part) => part.replaceAll(/[.\\+?^${}()|[\]]/g, '\\$&')).join('[^/]*')
    const whole = new RegExp(`^profile/${pattern}$`)
    return { place, how, always: when === 'always', matches: (file) => whole.test(file) }
  })
}

/**
 * Where what remains and what is said to remain are not the same.
 * @param {string} browser
 * @param {string[]} files those that hold the name of the chat's host, as paths below the browser's home
 */
export function differences(browser, files) {
  const rows = listed(browser)
  return [
    ...files.filter((file) => !rows.some((row) => row.matches(file))).map((file) => `${file} is not in docs/traces.md`),
    ...rows.filter((row) => row.always && !files.some(row.matches)).map((row) => `docs/traces.md says ${row.place}, and it is not there`),
  ]
}
