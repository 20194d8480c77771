// Words as a file may hold them: in whatever encoding, case, normal form or escape. All of them are looked
// for in one pass over the bytes, however many they are.
import { createHash } from 'node:crypto'

const TABLE = 1 << 16
const slot = (a, b, c, d) => (Math.imul((a | b << 8 | c << 16 | d << 24), 0x9e3779b1) >>> 16)

/** A set of words to be found in bytes. */
export class Needles {
  #filled = new Uint8Array(TABLE)
  #slots = new Map()

  /** @param {Iterable<string>} words none shorter than four bytes */
  constructor(words) {
    this.words = [...new Set(words)]
    for (const word of this.words) for (const { bytes, how } of forms(word)) this.#add(word, bytes, how)
  }

  #add(word, bytes, how) {
    if (bytes.length < 4) throw new Error(`“${word}” is too short to be told from chance`)
    const at = slot(bytes[0], bytes[1], bytes[2], bytes[3])
    this.#filled[at] = 1
    if (!this.#slots.has(at)) this.#slots.set(at, [])
    this.#slots.get(at).push({ word, bytes, how })
  }

  /**
   * Each word that these bytes hold, once, with the first form in which it was met.
   * @param {Buffer} bytes
   * @returns {Map<string, string>}
   */
  in(bytes) {
    const found = new Map()
    const last = bytes.length - 4
    for (let at = 0; at <= last; at++) {
      const key = slot(bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3])
      if (this.#filled[key] === 0) continue
      for (const needle of this.#slots.get(key)) {
        const end = at + needle.bytes.length
        if (!found.has(needle.word) && end <= bytes.length && needle.bytes.compare(bytes, at, end) === 0) {
          found.set(needle.word, needle.how)
        }
      }
    }
    return found
  }
}

/** Every form of a word that is looked for. */
export function forms(word) {
  const all = new Map()
  const add = (how, bytes) => {
    const key = bytes.toString('latin1')
    if (!all.has(key)) all.set(key, { how, bytes })
  }
  for (const form of variants(word)) {
    const utf8 = Buffer.from(form, 'utf8')
    const utf16 = Buffer.from(form, 'utf16le')
    add('UTF-8', utf8)
    add('UTF-16', utf16)
    add('UTF-16, big end first', Buffer.from(utf16).swap16())
    if ([...form].every((letter) => letter.codePointAt(0) < 256)) add('Latin-1', Buffer.from(form, 'latin1'))
    add('percent signs', Buffer.from(encodeURIComponent(form)))
    add('percent signs', Buffer.from(encodeURIComponent(form).toLowerCase()))
    const escaped = (hex) => form.replaceAll(/[^ -~]/g, (unit) => `\\u${hex(unit.charCodeAt(0).toString(16).padStart(4, '0'))}`)
    add('escapes of JSON', Buffer.from(escaped((digits) => digits)))
    add('escapes of JSON', Buffer.from(escaped((digits) => digits.toUpperCase())))
    for (const bytes of [utf8, utf16]) for (const text of inBase64(bytes)) add('base64', Buffer.from(text))
  }
  return [...all.values()]
}

/** As it was written, in other cases, and with its marks set together or apart. */
function variants(word) {
  const cases = [word, word.toLowerCase(), word.toUpperCase(), word[0].toUpperCase() + word.slice(1)]
  return new Set(cases.flatMap((form) => [form, form.normalize('NFC'), form.normalize('NFD')]))
}

/** What stays the same of its base64, wherever among three bytes it begins. */
function inBase64(bytes) {
  return [0, 1, 2].map((before) => {
    const whole = Buffer.concat([Buffer.alloc(before), bytes])
    const text = whole.toString('base64').replaceAll('=', '')
    return text.slice(before === 0 ? 0 : before + 1, Math.floor(whole.length * 8 / 6))
  }).filter((text) => text.length >= 6)
}

/** A host as Chromium writes it into its list of those that insist on TLS: hashed, in base64. */
export function hashedHost(host) {
  const labels = host.split('.').flatMap((label) => [Buffer.from([label.length]), Buffer.from(label)])
  return createHash('sha256').update(Buffer.concat([...labels, Buffer.from([0])])).digest('base64')
}
