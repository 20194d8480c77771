// The words that are looked for: those of a chat, which may be nowhere; and those that would tell what the
// page was, which are taken from the texts and the policy that a survivor's page shows.
import { readFileSync } from 'node:fs'

import { EXIT_TITLE } from './town/town.mjs'

/** Said by the survivor. Each has a word that is in no book and in no browser. */
export const SURVIVOR = [
  ['I hide it under the quillamander, nobody looks there.', 'quillamander'],
  ['أخفيه تحت زهرقمندر كل مساء.', 'زهرقمندر'],
  ['वह मुकुंदपरीलोक की चाबी ढूँढ रहा है।', 'मुकुंदपरीलोक'],
  ['我把它放在蓝楹渡花口的后面。', '蓝楹渡花口'],
  ['Zwetschgenhörnlein steht noch im Keller.', 'Zwetschgenhörnlein'],
  ['e\u0301 n\u0303andu\u0308vale\u0301 \u{1F468}\u200D\u{1F469}\u200D\u{1F467}', 'n\u0303andu\u0308vale\u0301'],
  ['אני גרה ליד נחליאלפז עכשיו.', 'נחליאלפז'],
]

/** Said by the advocate. */
export const ADVOCATE = [
  ['The brambleforth has a second door.', 'brambleforth'],
  ['На тихоречнице есть дом.', 'тихоречнице'],
  ['ขนมฟ้าครามคลอง ปลอดภัย', 'ขนมฟ้าครามคลอง'],
  ['明日葉渡守が待っています。', '明日葉渡守'],
]

/** Typed with the keyboard, and never sent. */
export const DRAFT = 'halfpennywhistler'
/** At the end of a message as long as a message may be. */
export const LAST = 'lanternthistledown'
export const LONG = `${'न'.repeat(3_900)} ${LAST}`

/** Typed into the survey, and sent. */
export const SURVEY = ['The wispmarrow by the stairs was kind.', 'wispmarrow']

/**
 * Chosen before the chat: in the safety check, and in an optional question. The words are the policy's, which is
 * public; what a browser could keep of a choice is that a field of a certain name was chosen, so that the names
 * of the page's fields, drawn anew for each visit, are looked for as well.
 */
export const CHOSEN = ['I am not sure', '25 to 39']
/** How a browser that kept a choice could note it else: by its value, and by the form that it stands in. */
export const NOTED = ['not-sure', 'safety-form', 'questions-form', 'survey-form']

/** Every word of somebody's own. */
export const SAID = [...[...SURVIVOR, ...ADVOCATE, SURVEY].map(([, word]) => word), DRAFT, LAST]

/** Single words that tell what kind of page it was, or by what it was made. */
const TELLING = [
  'advocate', 'survivor', 'stillroom', 'spyware', 'abuse', 'violence', 'victim', 'hotline', 'shelter', 'assault',
]

const read = (path) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')

/**
 * Words and sentences that tell what a page was: the program's name, what its policy says, what the page says.
 * @param {string} policy the policy's file
 */
export function telling(policy) {
  const texts = ['survivor', 'shared'].flatMap((name) => read(`pages/texts/en/${name}.ftl`).split('\n'))
    .flatMap((line) => /^[a-z-]+ = (.*)$/.exec(line)?.[1] ?? [])
    .flatMap((text) => text.split(/\{[^}]*\}/))
  const written = [...policy.matchAll(/"""([^]*?)"""|"([^"\n]*)"/g)].flatMap(([, long, short]) =>
    (long ?? short).split('\\\n').flatMap((line) => line.split('\n')))
  const sentences = [...texts, ...written].map((text) => text.trim())
  // A word or two may stand anywhere. An address of the way out is not the page's own word.
  const own = sentences.filter((text) => text.split(' ').length >= 4 && !text.includes('://'))
  const [, name] = /^name = "(.+)"$/m.exec(policy)
  return [...new Set([...TELLING, name, ...own])]
}

/** What the one entry in the history may be called: nothing, as the policy calls it, or as the exit site. */
export function neutralTitles(policy) {
  const named = [...policy.matchAll(/^(?:title|neutral_name) = "(.+)"$/gm)].map(([, title]) => title)
  return [null, '', EXIT_TITLE, ...named]
}
