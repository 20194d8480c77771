// A long chat: what a thousand messages cost the survivor's page in memory, and how long the way out takes
// to empty a page with five hundred, on a processor six times slower and with no network.
import { launchChromium } from '../lib/browsers.mjs'
import { figure, median } from '../lib/figures.mjs'
import { meet, onDuty, startChat } from '../lib/people.mjs'
import { startDemo } from '../lib/stillroom.mjs'

const program = await startDemo()
const browser = await launchChromium()
const desk = await onDuty(browser, program.desk)

/** Writes so many messages from the survivor's page, and waits until each was received. */
async function write(page, from, count) {
  for (let number = from; number < from + count; number++) {
    await page.evaluate((text) => {
      document.getElementById('message').value = text
      document.getElementById('composer').requestSubmit()
    }, `Message ${number}, as long as most people write, which is about a line of text.`)
    // As fast as the page may go: the relay takes thirty frames a second.
    if (number % 25 === 24) {
      await page.until((count) => {
        const all = [...document.querySelectorAll('#messages .message')]
        return all.length >= count && !all.some((one) => one.textContent.includes('Sending'))
      }, number + 1)
    }
  }
}

async function memory(page) {
  const tools = await page.context.newCDPSession(page.raw)
  await tools.send('HeapProfiler.collectGarbage')
  const { usedSize, embedderHeapUsedSize = 0, backingStorageSize = 0 } = await tools.send('Runtime.getHeapUsage')
  return usedSize + embedderHeapUsedSize + backingStorageSize
}

/** A chat of so many messages. */
async function chatOf(count) {
  const page = await startChat(browser, program.visitor)
  await meet(page, desk)
  const idle = await memory(page)
  await write(page, 0, count)
  return { page, idle }
}

const long = await chatOf(1_000)
figure('memory of the page after 1,000 messages, above idle', (await memory(long.page) - long.idle) / 1e6, 'MB', { first: 10, end: 5 })
await long.page.close()

// The press, with everything that hangs on it: what watches the document hears of it when all is done.
const presses = []
for (let time = 0; time < 3; time++) {
  const { page } = await chatOf(500)
  const tools = await page.context.newCDPSession(page.raw)
  await page.context.setOffline(true)
  await tools.send('Emulation.setCPUThrottlingRate', { rate: 6 })
  presses.push(await page.evaluate(() => new Promise((done) => {
    const button = document.getElementById('leave')
    const start = performance.now()
    new MutationObserver(() => done(performance.now() - start)).observe(document, { childList: true })
    button.click()
  })))
  await page.close()
}
figure('way out: press to emptied, 500 messages, 6x slower, median of 3', median(presses), 'ms', { first: 50, end: 17 })
await browser.close()
await program.stop()
