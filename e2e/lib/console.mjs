// An administrator's console, and what is done in it, as by the keyboard.
import { pressOn } from './people.mjs'
import { openAdministratorsDesk, PASSPHRASE, typePassphrase } from './program.mjs'

/** Opens the console with the device that this browser keeps. */
export async function openConsole(page, program) {
  await page.goto(`${program.desk}console`)
  await typePassphrase(page, PASSPHRASE)
  await page.click('button', 'Open the console')
}

/** An administrator's console in a page of `browser`, whose device came by a link to the desk. */
export async function administratorsConsole(program, browser, { as = 'Robin', ...options } = {}) {
  const page = await browser.newPage(options)
  await page.goto(program.console(as))
  await openAdministratorsDesk(page)
  await page.see('link', 'Administration')
  await openConsole(page, program)
  await page.seeAnywhere('By your hours, chat is')
  return page
}

/** Keeps back what the page would do with its next frames, as on a slow computer; what it gives does it at last. */
export async function holdFrames(page) {
  await page.evaluate(() => {
    const frames = []
    const { requestAnimationFrame } = window
    window.requestAnimationFrame = (act) => frames.push(act)
    window.drawAtLast = () => {
      window.requestAnimationFrame = requestAnimationFrame
      frames.forEach((act) => act(performance.now()))
    }
  })
  return () => page.evaluate(() => window.drawAtLast())
}

/** Answers the question that is open by the keyboard, which comes to its heading a moment after it opened. */
export async function answer(page, text) {
  await page.until(() => document.activeElement?.id === 'question', undefined, 'the keyboard on the question')
  await pressOn(page, 'dialog button', text, 'Enter')
}

/** Goes to a part of the policy; the keyboard is on its heading then. */
export async function goToPart(page, part) {
  await page.until((part) => {
    const found = [...document.querySelectorAll('.part-choice')].find((choice) => choice.firstElementChild.textContent === part)
    found?.click()
    return found !== undefined
  }, part, `the part “${part}”`)
  await page.until((part) => document.activeElement?.id === 'part' && document.activeElement.textContent === part, part, `the heading “${part}”`)
}

/** Puts this into the field of this name: in the entry that is called so, or in no entry. A policy says it to everybody. */
export async function write(page, field, said, entry) {
  await page.until(([field, said, entry]) => {
    const groups = [...document.querySelectorAll('.part fieldset')]
    const within = entry ? groups.find((group) => group.querySelector('legend').textContent === entry) : document
    const label = [...within?.querySelectorAll('.part label, label') ?? []].find((label) => label.textContent.trim() === field)
    const control = document.getElementById(label?.htmlFor)
    if (!control) return false
    control.focus()
    control.value = said
    control.dispatchEvent(control.tagName === 'SELECT' ? new Event('change', { bubbles: true }) : new InputEvent('input', { bubbles: true }))
    return true
  }, [field, said, entry], `the field “${field}”${entry ? ` of “${entry}”` : ''}`)
}

/** What stands in the field of this name. */
export const written = (page, field) => page.evaluate((field) => {
  const label = [...document.querySelectorAll('.part label')].find((label) => label.textContent.trim() === field)
  return document.getElementById(label?.htmlFor)?.value
}, field)

/** Publishes what is typed, and waits until this version is published. */
export async function publishAll(page, version) {
  await page.until(() => document.getElementById('publish').getAttribute('aria-disabled') === 'false', undefined, 'something to publish')
  await pressOn(page, '#publish', 'Publish…', 'Enter')
  await answer(page, 'Publish now')
  await page.seeAnywhere(`Version ${version} is published, and on every page.`)
}
