// What no relay may say of anybody, at any level (features.md 6.1). Every relay that a scenario starts says all that
// it ever says, and what it said is read here at its end: its log line by line, and its figures.
//
// A scenario is a process of its own: whatever is typed, and whoever is named in it, is told here on the way
// (`know`). What the scenario cannot know (tickets, rooms, keys, ports) is found by its form.
import { isIP } from 'node:net'

/** Texts that were typed, names, passphrases, what browsers say that they are. */
const known = new Set()

/** The shortest text that is looked for: a shorter one is in any sentence. */
const SHORTEST = 3

/** Remembers something that the relay is not to repeat. */
export function know(...texts) {
  for (const text of texts) {
    for (const line of String(text ?? '').split(/[\r\n]+/).map((line) => line.trim())) {
      if ([...line].length >= SHORTEST) known.add(line)
    }
  }
}

/** A line of the log: when, how grave, by which part of the relay, and what. */
const LINE = /^\d{4}-\d\d-\d\dT[\d:.]+Z +(?:TRACE|DEBUG|INFO|WARN|ERROR) (?:[a-z-]+\{[^}]*\}: ?)*stillroom[a-z_:]*: (?<said>.*)$/

/** What lines may name beside their sentence, all of the relay itself: `xtask/ways-out.txt` says what of each. */
const FIELDS = ['pages', 'error', 'kind', 'language']

/** What is found by its form, wherever it stands. */
const FORMS = {
  'bytes in hexadecimal': /\b[0-9a-f]{16,}\b/i,
  'bytes in base64': /(?<![\w+/-])(?=[\w+/-]*\d)(?=[\w+/-]*[a-z])(?=[\w+/-]*[A-Z])[\w+/-]{20,}/,
  'a list of bytes': /(?:\b\d{1,3}\b, ?){7}/,
  'a port': /(?<![\d.])(?:[3-6]\d{4})(?![\d.])/,
  'what a browser says that it is': /Mozilla|AppleWebKit|Gecko|Chrom(?:e|ium)|Firefox|Safari/,
  'an address on the web': /https?:|wss?:/,
}

const addresses = (text) => text.split(/[^0-9a-f:.]+/i)
  .map((word) => word.replace(/^[.:](?!:)|(?<!:)[.:]$/g, ''))
  // A path of Rust's, such as `relay::door`, leaves letters between colons; an address of IPv6 has a digit.
  .filter((word) => /\d/.test(word) && (isIP(word) || isIP(word.replace(/:\d+$/, ''))))

/** A text as a whole: not as a part of a longer word. */
const stands = (text, within) => {
  const escaped = text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
  return new RegExp(`(?<![\\p{L}\\p{N}])${escaped}(?![\\p{L}\\p{N}])`, 'u').test(within)
}

/** All that is wrong with one text that the relay gave out. */
function* wrongIn(said, texts) {
  for (const [what, form] of Object.entries(FORMS)) {
    if (form.test(said)) yield what
  }
  if (addresses(said).length > 0) yield 'an address'
  for (const text of texts) {
    if (stands(text, said)) yield `“${text}”, which was typed or named`
  }
}

/**
 * What a relay said in its log that it may not, one sentence each. `texts` are looked for beside the forms.
 * @returns {string[]}
 */
export function saidInLog(log, texts = known) {
  const found = []
  for (const line of log.split('\n').filter((line) => line !== '')) {
    const said = LINE.exec(line)?.groups.said
    if (said === undefined) {
      found.push(`no line of the log's: ${line}`)
      continue
    }
    const fields = [...said.matchAll(/(?:^| )([\w.]+)=/g)].map(([, name]) => name)
    const wrong = fields.filter((name) => !FIELDS.includes(name)).map((name) => `the field ${name}`)
    for (const what of [...wrong, ...wrongIn(said, texts)]) found.push(`${what}, in: ${line}`)
  }
  return found
}

/** A figure: a name, what it is of, a number. */
const FIGURE = /^stillroom_[a-z_]+(?:\{(?:program="[0-9a-f]{8}",?)?(?:(?:limit|level)="[a-z_]+")?\})? [\d.]+$/

/** The same of its figures. */
export function saidInFigures(figures, texts = known) {
  const found = []
  for (const line of figures.split('\n').filter((line) => line !== '')) {
    if (!line.startsWith('#') && !FIGURE.test(line)) found.push(`no figure: ${line}`)
    for (const what of wrongIn(line.replace(/ [\d.]+$/, ''), texts)) found.push(`${what}, in: ${line}`)
  }
  return found
}

/** Fails where a relay said of anybody what it may not; and where it said nothing, since then nothing was read. */
export function assertUnsaid(log, figures) {
  const found = [...saidInLog(log), ...figures === undefined ? [] : saidInFigures(figures)]
  if (!log.includes('the relay runs')) found.push(`it does not say that it runs: ${log}`)
  if (found.length > 0) throw new Error(`the relay said what it may not:\n${found.join('\n')}`)
}
